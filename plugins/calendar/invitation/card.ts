import type { EventFields } from '../ics';
import { fieldsOf, IcsError } from '../ics';
import { unsentLines } from '../outgoing/page';
import { hrefOf, isWritable } from '../pages/common';
import { clockOf, isoOf } from '../pages/dates';
import { localTimes, otherZone } from '../pages/event';
import { meetingOf, piecesOf } from '../pages/meeting';
import { repeatWords } from '../pages/repeat-words';
import { capital } from '../pages/words';
import { type Answer, peopleIn } from '../people/attendees';
import { ownMails } from '../people/own';
import { peopleShown } from '../people/page';
import { createStore, type StoredObject } from '../store';
import type { Tables } from '../store/tables';
import { dayOfWall } from '../time/days';
import { ianaZone } from '../time/zone';
import { type Said, saidOf } from './answers';
import { changeLines } from './changes';
import { conflictsOf } from './conflicts';
import type { Look, Teller } from './look';
import type { MessagePart } from './message';
import { nameOf, toldOf, warningOf } from './told';

const ANSWER_TEXTS: Readonly<Record<Answer, string>> = {
  'needs-action': '',
  accepted: 'calendar:invitation.said.accepted',
  tentative: 'calendar:invitation.said.tentative',
  declined: 'calendar:invitation.said.declined',
  delegated: 'calendar:invitation.said.delegated',
};
/** What somebody typed that was not taken, to be shown again. */
export interface Typed {
  readonly error: string;
  readonly fields: Readonly<Record<string, string>>;
}

type Invited = Extract<Look['outcome'], { kind: 'invitation' | 'update' | 'same' }>;

const isInvited = (outcome: Look['outcome']): outcome is Invited =>
  outcome.kind === 'invitation' || outcome.kind === 'update' || outcome.kind === 'same';

/** The text of the meeting that a card is about; what is known of it where the message has none. */
function objectOf({ outcome, existing }: Look): string | undefined {
  if ('object' in outcome && outcome.object !== undefined && outcome.kind !== 'reply')
    return outcome.object;
  return existing?.text;
}

/** What a message says, as the reader of it is told; nothing is written here. */
export async function cardOf(
  teller: Teller,
  look: Look,
  { source, typed }: { readonly source: MessagePart; readonly typed?: Typed | undefined },
): Promise<Readonly<Record<string, unknown>>> {
  const { context, person } = teller;
  const { outcome, existing } = look;
  const object = objectOf(look);
  const only = occurrenceOf(look);
  const fields = object === undefined ? undefined : fieldsIn(object, only);
  const told = toldOf(teller, look);
  const table: Tables = (name) => context.db.table(name);
  const said = await saidOf(table, person, { uid: look.uid, recurrence: only });
  const href = existing ? hrefOf(context, 'event', { id: existing.id, at: only }) : '';
  return {
    ...told,
    warning: warningOf(teller, look),
    error: typed?.error ?? '',
    event: fields && eventModel(teller, fields, { href, object: object ?? '', only }),
    changes: fields ? changeLines(teller, look.differences, placeOf(fields)) : [],
    isApplied: look.isApplied && outcome.kind !== 'reply',
    people:
      object === undefined || outcome.kind === 'cancel'
        ? undefined
        : peopleShown(teller, peopleIn(object, only), ownMails(person)),
    answer:
      isInvited(outcome) && fields
        ? await answerModel(teller, look, outcome, { fields, said, typed, only })
        : undefined,
    actions: actionsOf(teller, look, said),
    conflicts:
      isInvited(outcome) && isOpen(outcome, look, said) && !fieldsAreOver(teller, fields)
        ? await conflictModel(teller, look, outcome)
        : undefined,
    outgoing: look.uid === '' ? [] : await unsentLines(teller, look.uid),
    action: hrefOf(context, 'invitation'),
    source: {
      mailbox: source.ref.mailbox,
      validity: String(source.ref.uidValidity),
      uid: String(source.ref.uid),
      part: source.part,
      version: versionOf(existing, said),
    },
  };
}

/** What an answer is given to: another answer, or another version of the meeting, makes it another. */
export const versionOf = (existing: StoredObject | undefined, said: Said | undefined): string =>
  existing?.etag ?? (said ? String(said.at) : '');

/** The one occurrence that a message is about; `''` for all, or several. */
export function occurrenceOf({ outcome }: Pick<Look, 'outcome'>): string {
  if (outcome.kind === 'counter') return outcome.occurrence;
  if (outcome.kind === 'reply') {
    const [first, ...others] = new Set(outcome.replies.map(({ occurrence }) => occurrence));
    return others.length === 0 ? (first ?? '') : '';
  }
  if (isInvited(outcome) || outcome.kind === 'cancel')
    return outcome.occurrences.length === 1 ? (outcome.occurrences[0] ?? '') : '';
  return '';
}

function fieldsIn(text: string, recurrence: string): EventFields | undefined {
  try {
    return (fieldsOf(text, recurrence) ?? fieldsOf(text))?.fields;
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

const placeOf = (fields: EventFields) => ({
  start: fields.start,
  isAllDay: fields.isAllDay,
  zone: fields.isAllDay ? undefined : ianaZone(fields.zone),
});

function eventModel(
  teller: Teller,
  fields: EventFields,
  { href, object, only }: { readonly href: string; readonly object: string; readonly only: string },
) {
  const { context, t, words } = teller;
  const times = localTimes(teller, fields);
  const zone = otherZone(teller, fields);
  return {
    title: fields.summary === '' ? t('calendar:event.untitled') : fields.summary,
    href,
    dayHref: hrefOf(context, '', { view: 'day', on: isoOf(dayOfWall(times.start)) }),
    when: capital(words.when(times)),
    zoneWhen: zone
      ? t('calendar:event.zone', { zone: zone.id.replaceAll('_', ' '), when: words.when(fields) })
      : '',
    // One day of a series is not the series.
    repeats: only === '' ? repeatWords(teller, fields.rule, placeOf(fields)) : '',
    location: piecesOf(fields.location),
    meeting: meetingOf(
      [fields.url, fields.location, fields.description],
      teller.context.config(teller.person.site).meeting,
    ),
    organiser: nameOf(peopleIn(object).organiser),
  };
}

/** Whether the person has an answer to give. */
function isOpen(outcome: Invited, { sequence }: Look, said: Said | undefined): boolean {
  if (said && said.sequence >= sequence && said.answer === 'declined') return false;
  return outcome.answer === 'needs-action';
}

const fieldsAreOver = ({ context, zone }: Teller, fields: EventFields | undefined): boolean =>
  fields !== undefined &&
  fields.rule === '' &&
  dayOfWall(localTimes({ zone }, fields).end) < dayOfWall(context.clock.now()) - 1;

/** What the form of an answer shows. */
async function answerModel(
  teller: Teller,
  look: Look,
  outcome: Invited,
  {
    fields,
    said,
    typed,
    only,
  }: {
    readonly fields: EventFields;
    readonly said: Said | undefined;
    readonly typed: Typed | undefined;
    readonly only: string;
  },
) {
  const { t, context, person, words } = teller;
  // What was declined is in no calendar; a later version of the meeting asks anew.
  const isDeclined = !look.existing && said !== undefined && said.sequence >= look.sequence;
  const now: Answer = isDeclined ? said.answer : outcome.answer;
  const calendars = look.existing
    ? []
    : (await createStore(context).calendars(person)).filter(isWritable);
  const times = localTimes(teller, fields);
  const value = (name: string, usual: string): string => typed?.fields[name] ?? usual;
  const isKnown = look.existing !== undefined || isDeclined;
  return {
    current: now,
    currentText: isKnown && ANSWER_TEXTS[now] !== '' ? t(ANSWER_TEXTS[now]) : '',
    isAnswered: isKnown && now !== 'needs-action',
    isForwarded: outcome.me === undefined,
    canRespond: outcome.organiser !== undefined,
    isOne: only !== '',
    day: only === '' ? '' : words.day(dayOfWall(times.start), 'dayYear'),
    calendars: calendars.length > 1 ? calendars.map(({ id, title }) => ({ id, title })) : [],
    note: value('note', ''),
    isOpen: typed?.fields['answer'] ?? '',
    delegate: value('delegate', ''),
    isAllDay: fields.isAllDay,
    startDate: value('startDate', isoOf(dayOfWall(times.start))),
    startTime: value('startTime', fields.isAllDay ? '' : clockOf(times.start)),
    endDate: value('endDate', isoOf(dayOfWall(fields.isAllDay ? times.end - 1 : times.end))),
    endTime: value('endTime', fields.isAllDay ? '' : clockOf(times.end)),
  };
}

async function conflictModel(teller: Teller, look: Look, outcome: Invited) {
  const { t } = teller;
  const found = await conflictsOf(teller, {
    object: outcome.object,
    uid: look.uid,
    occurrences: outcome.occurrences,
  });
  if (found.times === 0) return undefined;
  if (found.rows.length === 0)
    return { text: t('calendar:invitation.free', { count: found.times }), rows: [], more: '' };
  return {
    text: t('calendar:invitation.busy', { count: found.times }),
    rows: found.rows,
    more: found.more === 0 ? '' : t('calendar:invitation.more', { count: found.more }),
  };
}

/** What a card offers beside an answer. */
const DO_TEXTS = {
  apply: 'calendar:invitation.do.apply',
  crashers: 'calendar:invitation.do.crashers',
  counter: 'calendar:invitation.do.counter',
  refuse: 'calendar:invitation.do.refuse',
  remove: 'calendar:invitation.do.remove',
  send: 'calendar:invitation.do.send',
  add: 'calendar:invitation.do.add',
} as const;
type Doing = keyof typeof DO_TEXTS;

interface Action {
  readonly value: Doing;
  readonly label: string;
  readonly isPrimary: boolean;
}

/** What can be done of a message beside an answer. */
function actionsOf({ t }: Teller, look: Look, said: Said | undefined): readonly Action[] {
  const { outcome, existing } = look;
  const action = (value: Doing, isPrimary = false): Action => ({
    value,
    label: t(DO_TEXTS[value]),
    isPrimary,
  });
  const isTrusted = !('trust' in outcome) || outcome.trust === 'self' || outcome.trust === 'behalf';
  switch (outcome.kind) {
    case 'update':
      return isTrusted || !existing || said?.answer === 'declined' ? [] : [action('apply')];
    case 'reply':
      if (outcome.withCrashers !== undefined) return [action('crashers', true)];
      return outcome.isChanged && !look.isApplied ? [action('apply', true)] : [];
    case 'counter':
      return [
        ...(outcome.object === undefined || outcome.isOutOfDate ? [] : [action('counter', true)]),
        action('refuse'),
      ];
    case 'cancel':
      if (!existing || outcome.scope === 'unknown') return [];
      return [
        ...(isTrusted || outcome.kept === existing.text ? [] : [action('apply')]),
        action('remove', true),
      ];
    case 'refresh':
      return outcome.message ? [action('send', true)] : [];
    case 'published':
      if (!existing) return [action('add', true)];
      return outcome.differences.length > 0 ? [action('apply', true)] : [];
    default:
      return [];
  }
}
