import { BUSY_STATUS, showAsOf } from './facts';
import { minutesBefore } from './fields';
import {
  type Component,
  type Params,
  type Property,
  propertyOf,
  ruleProperty,
  textOf,
  withProperty,
} from './jcal';
import { checkRule } from './rules';
import { beforeText, writtenOf } from './times';
import { type EventFields, IcsError } from './types';
import { FLOATING, ianaNameOf } from './zones';

interface Applied {
  /** What the component says now. */
  readonly from: EventFields;
  readonly to: EventFields;
  readonly now: number;
  /** Times are written even where they are the same. */
  readonly isMoved?: boolean;
}

type Step = (event: Component, applied: Applied) => Component;

/** A component with other fields: properties of which nothing changed stay as they are, parameters included. */
export function apply(event: Component, applied: Applied): Component {
  return STEPS.reduce((part, step) => step(part, applied), event);
}

/** A new event. */
export function newEvent(
  fields: EventFields,
  { uid, now }: { readonly uid: string; readonly now: number },
): Component {
  const stamp = writtenOf(now - (now % 1_000), { isUtc: true });
  const bare: Component = [
    'vevent',
    [
      ['uid', {}, 'text', uid],
      ['created', {}, 'date-time', stamp],
      ['dtstamp', {}, 'date-time', stamp],
    ],
    [],
  ];
  return apply(bare, { from: EMPTY, to: fields, now, isMoved: true });
}

const EMPTY: EventFields = {
  summary: '',
  location: '',
  description: '',
  url: '',
  isAllDay: false,
  start: 0,
  end: 0,
  zone: '',
  rule: '',
  showAs: 'busy',
  visibility: 'public',
  categories: [],
  alarms: [],
};

const TEXTS = [
  ['summary', 'text'],
  ['location', 'text'],
  ['description', 'text'],
  ['url', 'uri'],
] as const;

const texts: Step = (event, { from, to }) =>
  TEXTS.reduce((part, [name, type]) => {
    if (from[name] === to[name]) return part;
    // The same in HTML (X-ALT-DESC of Outlook) would say the old text.
    const plain = name === 'description' ? withProperty(part, 'x-alt-desc', undefined) : part;
    return withProperty(plain, name, to[name] === '' ? undefined : [name, {}, type, to[name]]);
  }, event);

const times: Step = (event, { from, to, isMoved = false }) => {
  const isSame =
    from.start === to.start &&
    from.end === to.end &&
    from.isAllDay === to.isAllDay &&
    (from.isAllDay || from.zone === to.zone);
  if (isSame && !isMoved) return event;
  const start = timeProperty('dtstart', to.start, to);
  const end = timeProperty('dtend', to.end, to);
  const bare = withProperty(withProperty(event, 'dtstart', start), 'duration', undefined);
  return withProperty(bare, 'dtend', end);
};

function timeProperty(name: string, wall: number, { isAllDay, zone }: EventFields): Property {
  if (isAllDay) return [name, {}, 'date', writtenOf(wall, { isDate: true })];
  const isUtc = zone === 'UTC';
  const params: Params = zone === FLOATING.id || isUtc ? {} : { tzid: zone };
  return [name, params, 'date-time', writtenOf(wall, { isUtc })];
}

const rule: Step = (event, { from, to }) => {
  if (from.rule === to.rule) return event;
  if (to.rule === '') {
    return ['rrule', 'rdate', 'exdate'].reduce(
      (part, name) => withProperty(part, name, undefined),
      event,
    );
  }
  checkRule(to.rule);
  return withProperty(event, 'rrule', ruleProperty(to.rule));
};

/** STATUS, TRANSP and what Outlook reads, of one choice; a status of the organiser's is theirs. */
const shown: Step = (event, { to }) => {
  if (showAsOf(event) === to.showAs) return event;
  const isOpen = to.showAs === 'free' || to.showAs === 'telework';
  const status = textOf(event, 'status').toUpperCase();
  const wasTentative = status === 'TENTATIVE';
  const values: readonly (readonly [string, string | undefined])[] = [
    ['transp', isOpen ? 'TRANSPARENT' : 'OPAQUE'],
    ['x-microsoft-cdo-busystatus', BUSY_STATUS[to.showAs]],
    ['x-estafette-show-as', to.showAs === 'leave' ? 'LEAVE' : undefined],
    ['status', to.showAs === 'tentative' ? 'TENTATIVE' : wasTentative ? 'CONFIRMED' : undefined],
  ];
  return values.reduce((part, [name, value]) => {
    if (value === undefined && name === 'status') return part;
    return withProperty(part, name, value === undefined ? undefined : [name, {}, 'text', value]);
  }, event);
};

const visibility: Step = (event, { from, to }) => {
  if (from.visibility === to.visibility) return event;
  const value = to.visibility.toUpperCase();
  return withProperty(
    event,
    'class',
    to.visibility === 'public' ? undefined : ['class', {}, 'text', value],
  );
};

const categories: Step = (event, { from, to }) => {
  if (from.categories.join('\n') === to.categories.join('\n')) return event;
  const property: Property = ['categories', {}, 'text', ...to.categories];
  return withProperty(event, 'categories', to.categories.length === 0 ? undefined : property);
};

/** Reminders that a form cannot say stay: mails, moments, those counted from the end. */
const alarms: Step = (event, { from, to }) => {
  if (from.alarms.join() === to.alarms.join()) return event;
  const left = event[2].filter((alarm) => {
    const minutes = minutesBefore(alarm);
    return minutes === undefined || to.alarms.includes(minutes);
  });
  const there = new Set(left.map(minutesBefore));
  const added = to.alarms
    .filter((minutes) => !there.has(minutes))
    .map(
      (minutes): Component => [
        'valarm',
        [
          ['action', {}, 'text', 'DISPLAY'],
          ['trigger', {}, 'duration', beforeText(minutes)],
          ['description', {}, 'text', to.summary === '' ? '-' : to.summary],
        ],
        [],
      ],
    );
  return [event[0], event[1], [...left, ...added]];
};

const stamped: Step = (event, { now }) => {
  const stamp = writtenOf(now - (now % 1_000), { isUtc: true });
  const before = propertyOf(event, 'sequence')?.[3];
  const sequence = typeof before === 'number' ? before + 1 : 0;
  const values: readonly Property[] = [
    ['dtstamp', {}, 'date-time', stamp],
    ['last-modified', {}, 'date-time', stamp],
    ['sequence', {}, 'integer', Number.isSafeInteger(sequence) ? sequence : 0],
  ];
  return values.reduce((part, value) => withProperty(part, value[0], value), event);
};

const checked: Step = (event, { to }) => {
  const isZone = to.isAllDay || to.zone === '' || ianaNameOf(to.zone) !== undefined;
  // A zone that the file itself defines stays what it was.
  const isOwn = propertyOf(event, 'dtstart')?.[1]['tzid'] === to.zone;
  if (!isZone && !isOwn) throw new IcsError('time', to.zone.slice(0, 40));
  return event;
};

const STEPS: readonly Step[] = [
  checked,
  texts,
  times,
  rule,
  shown,
  visibility,
  categories,
  alarms,
  stamped,
];

/** With what every change leaves behind. */
export const touched = (event: Component, now: number): Component =>
  stamped(event, { from: EMPTY, to: EMPTY, now });
