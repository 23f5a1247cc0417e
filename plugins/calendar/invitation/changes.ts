import { recurrenceWall } from '../ics/times';
import type { Difference, Party, When } from '../itip';
import type { RulePlace } from '../pages/repeat';
import { repeatWords } from '../pages/repeat-words';
import { toWall } from '../time/zone';
import type { Teller } from './look';

/** Names and starts that one sentence tells. */
const NAMED_MAX = 5;
/** Texts are for reading: notes of pages are in the message itself. */
const TEXT_CHARS = 200;

/** One thing that changed, in words; what was is said where it helps. */
export interface ChangeLine {
  readonly text: string;
  /** The occurrence that it is about; `''` for all of them. */
  readonly at: string;
}

const short = (text: string): string => {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > TEXT_CHARS ? `${line.slice(0, TEXT_CHARS)}…` : line;
};

/** One text instead of another, where there was none, where there is none any more. */
const TEXT_TEXTS = {
  title: [
    'calendar:invitation.changed.title',
    'calendar:invitation.changed.titleNew',
    'calendar:invitation.changed.titleGone',
  ],
  place: [
    'calendar:invitation.changed.place',
    'calendar:invitation.changed.placeNew',
    'calendar:invitation.changed.placeGone',
  ],
} as const;

const STATUS_TEXTS: Readonly<Record<string, string>> = {
  CANCELLED: 'calendar:invitation.changed.cancelled',
  TENTATIVE: 'calendar:invitation.changed.tentative',
  CONFIRMED: 'calendar:invitation.changed.confirmed',
};

/** What a message changed, as sentences that say what is now and what was. */
export function changeLines(
  teller: Teller,
  differences: readonly Difference[],
  /** When the meeting begins now, for how it repeats. */
  place: RulePlace,
): readonly ChangeLine[] {
  return differences.flatMap((one) => {
    const text = sentence(teller, one, place);
    if (text === '') return [];
    // A time says its day.
    return [{ text, at: one.what === 'time' ? '' : dayOf(teller, one.occurrence) }];
  });
}

/** The day of an occurrence by its name. */
function dayOf({ words }: Teller, recurrence: string): string {
  const wall = recurrence === '' ? undefined : recurrenceWall(recurrence);
  return wall === undefined ? '' : words.when({ isAllDay: true, start: wall, end: wall + 1 });
}

function sentence(teller: Teller, one: Difference, place: RulePlace): string {
  const { t, words } = teller;
  switch (one.what) {
    case 'time':
      return t('calendar:invitation.changed.time', {
        from: words.when(onClock(teller, one.from)),
        to: words.when(onClock(teller, one.to)),
      });
    case 'title':
    case 'place': {
      const [from, to] = [short(one.from), short(one.to)];
      const [both, only, gone] = TEXT_TEXTS[one.what];
      if (from === '') return t(only, { to });
      return to === '' ? t(gone, { from }) : t(both, { from, to });
    }
    case 'notes':
      return t('calendar:invitation.changed.notes');
    case 'recurrence': {
      const now = repeatWords(teller, one.to, place);
      return now === ''
        ? t('calendar:invitation.changed.once')
        : t('calendar:invitation.changed.recurrence', { to: now });
    }
    case 'status':
      return t(STATUS_TEXTS[one.to] ?? 'calendar:invitation.changed.confirmed');
    case 'organiser':
      return t('calendar:invitation.changed.organiser', { from: one.from, to: one.to });
    case 'occurrences':
      return [
        ...some(
          one.removed,
          (name) => dayOf(teller, name),
          (names, count) => t('calendar:invitation.changed.removedDays', { names, count }),
        ),
        ...some(
          one.added,
          (name) => dayOf(teller, name),
          (names, count) => t('calendar:invitation.changed.addedDays', { names, count }),
        ),
      ].join(' ');
    case 'attendees':
      return [
        ...some(one.added, nameOf, (names, count) =>
          t('calendar:invitation.changed.added', { names, count }),
        ),
        ...some(one.removed, nameOf, (names, count) =>
          t('calendar:invitation.changed.removed', { names, count }),
        ),
      ].join(' ');
  }
}

const nameOf = ({ name, mail }: Party): string => (name === '' ? mail : name);

function some<T>(
  all: readonly T[],
  name: (one: T) => string,
  tell: (names: string, count: number) => string,
): readonly string[] {
  if (all.length === 0) return [];
  const names = all.slice(0, NAMED_MAX).map(name).join(', ');
  return [tell(all.length > NAMED_MAX ? `${names}, …` : names, all.length)];
}

/** On the reader's clock; whole days are days. */
const onClock = ({ zone }: Teller, { isAllDay, start, end }: When) => ({
  isAllDay,
  start: isAllDay ? start : toWall(zone, start),
  end: isAllDay ? end : toWall(zone, end),
});
