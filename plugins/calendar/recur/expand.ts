import { DAY_MS } from '../time/days';
import { isOnClocks, toUtc, type Zone } from '../time/zone';
import { fillRule, periodAt, periodsBefore } from './periods';
import type { Rule } from './rule';

/** Times of a rule, each as its zone's clocks show it and as a moment; milliseconds. */
export interface Start {
  readonly wall: number;
  readonly utc: number;
}

export interface Expansion {
  readonly starts: readonly Start[];
  /** More are there than are given. */
  readonly isCut: boolean;
}

export interface ExpandOptions {
  readonly zone: Zone;
  /** Starts at or after this moment. */
  readonly from: number;
  /** Starts before this one. */
  readonly to: number;
  readonly limit: number;
}

/** A rule that has nothing more in so many days, 1,000 years, has ended; hours count as days. */
const MAX_DAYS = 366_000;

/**
 * The starts of a rule in a window, in order. The first start is one of them whatever the rule says
 * ("DTSTART defines the first instance", RFC 5545 §3.8.5.3); times that no clock shows are not, and do
 * not count (§3.3.10). The cost grows with the window, for rules with COUNT with the time since the
 * first start, and is some 0.1 s at most.
 */
export function expandRule(rule: Rule, start: number, options: ExpandOptions): Expansion {
  const { zone, from, to, limit } = options;
  const filled = fillRule(rule, start);
  const isPast = untilOf(rule, zone);
  const starts: Start[] = [];
  const first: Start = { wall: start, utc: toUtc(zone, start) };
  let counted = 1;
  if (first.utc >= to) return { starts, isCut: false };
  if (first.utc >= from) starts.push(first);
  let index = rule.count === undefined ? periodsBefore(filled, from - DAY_MS) : 0;
  for (let looked = 0; looked < MAX_DAYS; index += 1) {
    const { begins, walls, cost, momentOf } = periodAt(filled, zone, index);
    looked += Math.max(cost, 1);
    // A day more: the period begins on the wall, the window ends at a moment.
    if (begins - DAY_MS >= to || isPast(begins - DAY_MS, begins - DAY_MS)) {
      return { starts, isCut: false };
    }
    for (const wall of walls) {
      if (wall <= start || !isOnClocks(zone, wall)) continue;
      const utc = momentOf(wall);
      if (utc >= to || isPast(wall, utc)) return { starts, isCut: false };
      if (rule.count !== undefined && counted >= rule.count) return { starts, isCut: false };
      counted += 1;
      if (utc < from) continue;
      if (starts.length >= limit) return { starts, isCut: true };
      starts.push({ wall, utc });
    }
  }
  return { starts, isCut: false };
}

/** Whether a time is after the end of a rule: a day, a time on the wall or a moment, as it is written. */
function untilOf({ until }: Rule, zone: Zone): (wall: number, utc: number) => boolean {
  if (until === undefined) return () => false;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?/.exec(until)?.map(Number) ?? [];
  const date = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1);
  if (!until.includes('T')) return (wall) => wall >= date + DAY_MS;
  const end = date + (((hour ?? 0) * 60 + (minute ?? 0)) * 60 + (second ?? 0)) * 1_000;
  // Times without zone have no moment: UTC is their clock's (RFC 5545 wants a local UNTIL there).
  if (until.endsWith('Z') && zone.id !== '') return (_wall, utc) => utc > end;
  return (wall) => wall > end;
}
