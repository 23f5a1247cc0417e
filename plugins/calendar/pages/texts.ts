import type { Scope, ShowAs, Visibility } from '../ics';
import type { Colour, Refusal } from '../store';
import type { Ends, Repeat } from './repeat';

/** Keys of texts, whole: a contract finds the ones that nothing uses. */
export const SHOW_AS_TEXTS: Readonly<Record<ShowAs, string>> = {
  busy: 'calendar:status.busy',
  tentative: 'calendar:status.tentative',
  free: 'calendar:status.free',
  absent: 'calendar:status.absent',
  telework: 'calendar:status.telework',
  leave: 'calendar:status.leave',
};

export const VISIBILITY_TEXTS: Readonly<Record<Visibility, string>> = {
  public: 'calendar:visibility.public',
  private: 'calendar:visibility.private',
  confidential: 'calendar:visibility.confidential',
};

export const REPEAT_TEXTS: Readonly<Record<Repeat, string>> = {
  never: 'calendar:repeat.never',
  daily: 'calendar:repeat.daily',
  weekdays: 'calendar:repeat.weekdays',
  weekly: 'calendar:repeat.weekly',
  monthday: 'calendar:repeat.monthday',
  monthnth: 'calendar:repeat.monthnth',
  monthlast: 'calendar:repeat.monthlast',
  yearly: 'calendar:repeat.yearly',
  other: 'calendar:repeat.other',
};

export const ENDS_TEXTS: Readonly<Record<Ends, string>> = {
  never: 'calendar:ends.never',
  until: 'calendar:ends.until',
  count: 'calendar:ends.count',
};

export const SCOPE_TEXTS: Readonly<Record<Scope, string>> = {
  this: 'calendar:scope.this',
  following: 'calendar:scope.following',
  all: 'calendar:scope.all',
};

export const COLOUR_TEXTS: Readonly<Record<Colour, string>> = {
  teal: 'calendar:colour.teal',
  blue: 'calendar:colour.blue',
  amber: 'calendar:colour.amber',
  red: 'calendar:colour.red',
  violet: 'calendar:colour.violet',
  green: 'calendar:colour.green',
  grey: 'calendar:colour.grey',
};

export const REFUSAL_TEXTS: Readonly<Record<Refusal, string>> = {
  missing: 'calendar:failed.calendar',
  rights: 'calendar:failed.rights',
  'not-an-object': 'calendar:failed.event',
  'too-large': 'calendar:failed.large',
  full: 'calendar:failed.full',
  quota: 'calendar:failed.quota',
  uri: 'calendar:failed.event',
  room: 'calendar:rooms.taken',
  private: 'calendar:failed.private',
};

/** What a page says was done before it, by the word of its address. */
const DONE_TEXTS: Readonly<Record<string, string>> = {
  saved: 'calendar:done.saved',
  added: 'calendar:quick.added',
  deleted: 'calendar:done.deleted',
  removed: 'calendar:done.removed',
  restored: 'calendar:done.restored',
  purged: 'calendar:done.purged',
  calendar: 'calendar:done.calendar',
  usual: 'calendar:done.usual',
  shared: 'calendar:done.shared',
  unshared: 'calendar:done.unshared',
  left: 'calendar:done.left',
  answered: 'calendar:done.answered',
  task: 'calendar:done.task',
  taskDone: 'calendar:done.taskDone',
  taskOpen: 'calendar:done.taskOpen',
  bookingPage: 'calendar:booking.done.page',
  bookingPageRemoved: 'calendar:booking.done.pageRemoved',
  attached: 'calendar:files.attached',
  detached: 'calendar:files.detached',
  linkMade: 'calendar:link.made',
  linkDropped: 'calendar:link.dropped',
  calendarDeleted: 'calendar:done.calendarDeleted',
};

/** What a page says could not be done. */
const FAILED_TEXTS: Readonly<Record<string, string>> = {
  changed: 'calendar:failed.changed',
  full: 'calendar:failed.full',
  twice: 'calendar:failed.twice',
  title: 'calendar:failed.title',
  calendars: 'calendar:failed.calendars',
  event: 'calendar:failed.event',
  planning: 'calendar:planning.full',
  link: 'calendar:link.refused',
  file: 'calendar:files.large',
  moving: 'calendar:failed.moving',
};

const own = (all: Readonly<Record<string, string>>, word: string | undefined): string =>
  (word !== undefined && Object.hasOwn(all, word) && all[word]) || '';

/** The sentence above a page, from its address. */
export const outcomeOf = (query: Readonly<Record<string, string>>) => ({
  done: own(DONE_TEXTS, query['done']),
  failed: own(FAILED_TEXTS, query['failed']),
  restore: query['restore'] ?? '',
  /** What was just made, which is taken back by being deleted. */
  undo: query['undo'] ?? '',
  undoAction: '/calendar/delete',
});
