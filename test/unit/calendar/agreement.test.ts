import { RRuleTemporal } from 'rrule-temporal';
import { expandRule } from '../../../plugins/calendar/recur/expand';
import { readRule } from '../../../plugins/calendar/recur/rule';
import { ianaZone, UTC } from '../../../plugins/calendar/time/zone';

/** Rules as people and programs make them, each time the same ones: a linear congruential generator. */
function createDice(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T;
  const some = <T>(all: readonly T[], most: number): string =>
    [...new Set(Array.from({ length: most }, () => pick(all)))].join();
  return { pick, some, isIn: (share: number): boolean => next() < share, next };
}

type Dice = ReturnType<typeof createDice>;

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const MONTHS = [1, 2, 3, 6, 10, 12] as const;

/** Parts of a rule by its frequency, besides INTERVAL, COUNT and UNTIL. */
const PARTS: Readonly<Record<string, (dice: Dice) => readonly string[]>> = {
  HOURLY: ({ isIn, some }) => [
    ...(isIn(0.4) ? [`BYDAY=${some(DAYS, 3)}`] : []),
    ...(isIn(0.4) ? [`BYHOUR=${some([2, 3, 8, 12, 18], 3)}`] : []),
  ],
  DAILY: ({ isIn, some }) => [
    ...(isIn(0.4) ? [`BYDAY=${some(DAYS, 3)}`] : []),
    ...(isIn(0.2) ? [`BYMONTH=${some(MONTHS, 2)}`] : []),
    ...(isIn(0.2) ? [`BYHOUR=${some([2, 3, 8, 12], 2)}`] : []),
    ...(isIn(0.1) ? [`BYMONTHDAY=${some([1, 31, -1], 2)}`] : []),
  ],
  WEEKLY: ({ isIn, pick, some }) => [
    ...(isIn(0.7) ? [`BYDAY=${some(DAYS, 3)}`] : []),
    ...(isIn(0.3) ? [`WKST=${pick(['MO', 'SU'])}`] : []),
    ...(isIn(0.2) ? [`BYMONTH=${some(MONTHS, 2)}`] : []),
  ],
  MONTHLY: (dice) =>
    dice.pick<() => readonly string[]>([
      () => [],
      () => [`BYMONTHDAY=${dice.some([1, 5, 15, 28, 29, 30, 31, -1, -2], 2)}`],
      () => [`BYDAY=${dice.some(['1MO', '2TU', '-1FR', '3WE', '4TH', '5SU'], 2)}`],
      () => ['BYDAY=MO,TU,WE,TH,FR', `BYSETPOS=${dice.pick([1, -1, 2])}`],
      () => ['BYDAY=FR', 'BYMONTHDAY=13'],
    ])(),
  YEARLY: (dice) =>
    dice.pick<() => readonly string[]>([
      () => [],
      () => [`BYMONTH=${dice.some(MONTHS, 2)}`],
      () => [`BYMONTH=${dice.pick([3, 10])}`, `BYDAY=${dice.pick(['-1SU', '1MO', '2TU'])}`],
      () => [`BYYEARDAY=${dice.some([1, 100, 200, -1], 2)}`],
      () => ['BYMONTH=2', 'BYMONTHDAY=29'],
      () => [`BYWEEKNO=${dice.pick([1, 20, 52])}`, `BYDAY=${dice.pick(DAYS)}`],
      () => [`BYDAY=${dice.pick(['20MO', '-1FR', '1WE'])}`],
    ])(),
};

function ruleOf(dice: Dice): string {
  const frequency = dice.pick(Object.keys(PARTS));
  // rrule-temporal looks at so many hours at most; each of them would end it before the window does.
  const intervals = frequency === 'HOURLY' ? [5, 7, 11, 25] : [1, 1, 2, 3, 4];
  const interval = dice.pick(intervals);
  const end = dice.pick<() => readonly string[]>([
    () => [],
    () => [`COUNT=${2 + Math.floor(dice.next() * 30)}`],
    () => [`UNTIL=2028${dice.pick(['0315T120000Z', '1026T010000Z', '0101T000000Z'])}`],
  ])();
  const repeat = interval === 1 ? [] : [`INTERVAL=${interval}`];
  return [`FREQ=${frequency}`, ...repeat, ...(PARTS[frequency]?.(dice) ?? []), ...end].join(';');
}

/** In the hours that clocks show twice or never, at the ends of months and years, and in plain ones. */
const STARTS = [
  '20240229T023000',
  '20251026T023000',
  '20260105T090000',
  '20231231T233000',
  '20260131T180000',
  '20250315T013000',
] as const;
const FROM = Date.UTC(2020, 0, 1);
const TO = Date.UTC(2028, 11, 1);
const SHOWN = 200;

const wallOf = (text: string): number =>
  Date.UTC(
    Number(text.slice(0, 4)),
    Number(text.slice(4, 6)) - 1,
    Number(text.slice(6, 8)),
    Number(text.slice(9, 11)),
    Number(text.slice(11, 13)),
  );

/** Starts as another engine finds them; undefined where it gives up. */
function theirs(rule: string, zone: string, start: string): readonly string[] | undefined {
  try {
    const rruleString = `DTSTART;TZID=${zone}:${start}\nRRULE:${rule}`;
    const found = new RRuleTemporal({ rruleString, maxIterations: 100_000 }).between(
      new Date(FROM),
      new Date(TO),
      true,
    );
    return found.slice(0, SHOWN).map((time) => time.toInstant().toString().slice(0, 16));
  } catch {
    return undefined;
  }
}

/** A start that the rule itself has, before any of its ends: engines disagree on one that it has not. */
function startOf(rule: string, zone: string, from: string): string | undefined {
  const endless = readRule(rule.replace(/;(?:COUNT|UNTIL)=[^;]*/, ''));
  const window = { zone: ianaZone(zone) ?? UTC, from: FROM, to: Date.UTC(2027, 0, 1), limit: 2 };
  const next = expandRule(endless, wallOf(from), window).starts[1];
  return next && new Date(next.wall).toISOString().slice(0, 19).replace(/[-:]/g, '');
}

it('agrees with another engine on 1,000 rules across changes of the clocks', () => {
  const dice = createDice(20_261_123);
  const differing: string[] = [];
  let compared = 0;
  let starts = 0;
  while (compared < 1_000) {
    const zone = dice.pick(['Europe/Paris', 'Europe/Paris', 'America/New_York', 'Indian/Reunion']);
    const rule = ruleOf(dice);
    const start = startOf(rule, zone, dice.pick(STARTS));
    const other = start === undefined ? undefined : theirs(rule, zone, start);
    if (start === undefined || other === undefined) continue;
    const window = { zone: ianaZone(zone) ?? UTC, from: FROM, to: TO, limit: SHOWN };
    const ours = expandRule(readRule(rule), wallOf(start), window).starts.map(({ utc }) =>
      new Date(utc).toISOString().slice(0, 16),
    );
    compared += 1;
    starts += ours.length;
    if (ours.join() !== other.join()) differing.push(`${start} ${zone} ${rule}`);
  }

  // Said, so that it shows in a report of a run.
  process.stdout.write(
    `recurrence: ${compared} rules, ${starts} starts, ${differing.length} differ\n`,
  );
  expect(differing).toEqual([]);
}, 120_000);
