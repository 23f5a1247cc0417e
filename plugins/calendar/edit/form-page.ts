import type { PluginResponse } from 'estafette/plugin';
import { type EventFields, type Scope, SHOW_AS, VISIBILITIES } from '../ics';
import { type Desk, hrefOf, isWritable } from '../pages/common';
import { isoOf, parseDay } from '../pages/dates';
import { alarmWords, otherZone } from '../pages/event';
import {
  ALARMS,
  type differencesOf,
  type EventTyped,
  type FormError,
  LIMITS,
  typedOf,
} from '../pages/form';
import { eventHref, type Opened } from '../pages/opened';
import { REPEATS } from '../pages/repeat';
import { repeatWords } from '../pages/repeat-words';
import { sideOf, weekdays } from '../pages/side';
import {
  ENDS_TEXTS,
  REPEAT_TEXTS,
  SCOPE_TEXTS,
  SHOW_AS_TEXTS,
  VISIBILITY_TEXTS,
} from '../pages/texts';
import { capital } from '../pages/words';
import { peopleIn } from '../people/attendees';
import { peopleModel } from '../people/page';
import type { Resolved } from '../people/resolve';
import type { PeopleTyped } from '../people/typed';
import { type Calendar, canDelete } from '../store';
import { ianaZone } from '../time/zone';

/** Of which of a series a change is. */
export const SCOPES = ['this', 'following', 'all'] as const;

/** A form of an event, with what was typed and what is wrong with it. */
export interface Editing {
  /** Of an event that is there; absent for a new one. */
  readonly event?: Opened | undefined;
  readonly calendar: Calendar;
  /** What the fields were before anything was typed. */
  readonly fields: EventFields;
  readonly form: EventTyped;
  readonly scope: Scope;
  /** Of the event that this form makes: sent twice, it makes one. */
  readonly uid: string;
  /** Version that a save would replace. */
  readonly etag: string;
  readonly status?: number;
  readonly errors?: readonly FormError[];
  /** Key of a text above the form, and what it is about. */
  readonly problem?: string;
  readonly detail?: string;
  readonly differences?: ReturnType<typeof differencesOf>;
  /** Who is asked, as it is typed; absent for what somebody else organises. */
  readonly people?: PeopleTyped | undefined;
  /** What became of names that were typed. */
  readonly resolved?: Resolved;
}

/** An event goes to calendars of the same owner: who is asked to it stays asked by the same. */
const mayGo = ({ calendar }: Opened, to: Calendar): boolean => to.owner === calendar.owner;

/** The form of an event, with what was typed. */
export function formPage(desk: Desk, editing: Editing): PluginResponse {
  const { context, calendars, t } = desk;
  const { event, calendar, fields, form, errors = [], problem = '', differences = [] } = editing;
  const title = t(event ? 'calendar:edit.title' : 'calendar:edit.new');
  const isOne = event !== undefined && event.isSeries && event.at !== '';
  const rule = { start: fields.start, isAllDay: fields.isAllDay, zone: ianaZone(fields.zone) };
  const kept = typedOf(fields).repeat === 'other';
  const zone = otherZone(desk, fields);
  const day = parseDay(form.startDate) ?? desk.today;
  return {
    view: 'edit',
    title,
    status: editing.status ?? 200,
    model: {
      side: sideOf(desk, { on: day, view: 'day' }),
      heading: title,
      action: hrefOf(context, 'edit'),
      id: event?.stored.id ?? '',
      at: event?.at ?? '',
      uid: editing.uid,
      etag: editing.etag,
      form,
      calendar: calendar.id,
      calendarTitle: calendar.title,
      calendars: calendars
        .filter((one) => isWritable(one) && (!event || mayGo(event, one)))
        .map(({ id, title: label }) => ({ id, label })),
      canChoose: event === undefined || canDelete(event.calendar),
      meetingTitle: context.config(desk.person.site).meeting?.title ?? '',
      isNew: event === undefined,
      scopes: isOne
        ? SCOPES.map((scope) => ({
            value: scope,
            label: t(SCOPE_TEXTS[scope]),
            isChosen: scope === editing.scope,
          }))
        : [],
      zone: zone ? zone.id.replaceAll('_', ' ') : '',
      keptRule: kept ? t('calendar:edit.kept') : '',
      ruleWords: capital(repeatWords(desk, fields.rule, rule)),
      repeats: (kept ? [...REPEATS, 'other' as const] : REPEATS).map((value) => ({
        value,
        label: t(REPEAT_TEXTS[value]),
      })),
      weekdays: weekdays(desk),
      ends: (['never', 'until', 'count'] as const).map((value) => ({
        value,
        label: t(ENDS_TEXTS[value]),
      })),
      statuses: SHOW_AS.map((value) => ({ value, label: t(SHOW_AS_TEXTS[value]) })),
      visibilities: VISIBILITIES.map((value) => ({ value, label: t(VISIBILITY_TEXTS[value]) })),
      alarms: alarmLines(desk, form),
      limits: LIMITS,
      people:
        editing.people &&
        peopleModel(desk, editing.people, {
          isOpen: editing.resolved !== undefined || editing.people.attendees.length > 0,
          isThere: event !== undefined,
          organiser: '',
          resolved: editing.resolved,
        }),
      organisedBy: editing.people ? '' : organiserName(event),
      errors: errors.map(({ field, key, max = 0 }) => ({ field, text: t(key, { max }) })),
      problem,
      problemOf: editing.detail ?? '',
      differences,
      backHref: event
        ? eventHref(desk, event.stored.id, { at: event.at })
        : hrefOf(context, '', { on: isoOf(day) }),
    },
  };
}

const organiserName = (event: Opened | undefined): string => {
  const organiser = event && peopleIn(event.stored.text, event.at).organiser;
  return organiser ? organiser.name || organiser.mail : '';
};

/** One choice for each reminder, and one more. */
function alarmLines(desk: Desk, { alarms }: EventTyped) {
  const known = alarms.filter((one) => /^\d{1,6}$/.test(one)).map(Number);
  return [...known, undefined].map((chosen) => ({
    options: [...new Set([...ALARMS, ...(chosen === undefined ? [] : [chosen])])]
      .sort((a, b) => a - b)
      .map((minutes) => ({
        value: minutes,
        label: alarmWords(desk, minutes),
        isChosen: minutes === chosen,
      })),
  }));
}
