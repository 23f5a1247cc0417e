import { RuleError, readRule } from '../recur/rule';
import { type Component, propertiesOf, ruleTextOf } from './jcal';
import { wallOf } from './times';
import { IcsError } from './types';
import { type Counted, countedWall, type ZoneFacts } from './zones';

/** How an event repeats; times are of the wall, in its zone. */
export interface RuleFacts {
  /** RRULE value; `''` where dates alone are named. */
  readonly rule: string;
  /** More starts. */
  readonly dates: readonly number[];
  /** Starts that are none. */
  readonly without: readonly number[];
  /** Days without start, as clients write that name days of timed events. */
  readonly withoutDays: readonly number[];
}

/** A daily event of 27 years: more of them keep everybody waiting. What is left out costs far less. */
const MAX_DATES = { rdate: 10_000, exdate: 60_000 };

/** The rule of an event; undefined when it takes place once. Throws {@link IcsError}. */
export function ruleFactsOf(
  event: Component,
  { isDate, zone }: { readonly isDate: boolean; readonly zone: ZoneFacts; readonly wall: number },
  zones: (tzid: string) => ZoneFacts,
): RuleFacts | undefined {
  const rules = propertiesOf(event, 'rrule');
  const counted: Counted = { isAllDay: isDate, zone };
  const dates = timesOf(event, 'rdate', counted, zones).map(({ wall }) => wall);
  if (rules.length === 0 && dates.length === 0) return undefined;
  // "SHOULD NOT occur more than once" (RFC 5545 §3.8.5.3), and nobody agrees on what it means.
  if (rules.length > 1) throw new IcsError('rule', 'RRULE');
  const rule = rules[0] ? ruleTextOf(rules[0]) : '';
  if (rule !== '') checkRule(rule);
  const exceptions = timesOf(event, 'exdate', counted, zones);
  const isDay = (one: { isDate: boolean }): boolean => one.isDate && !isDate;
  return {
    rule,
    dates,
    without: exceptions.filter((one) => !isDay(one)).map(({ wall }) => wall),
    withoutDays: exceptions.filter(isDay).map(({ wall }) => wall),
  };
}

/** Throws {@link IcsError} for a rule that is not followed. */
export function checkRule(rule: string): void {
  try {
    readRule(rule);
  } catch (error) {
    if (error instanceof RuleError) throw new IcsError('rule', error.part);
    throw error;
  }
}

function timesOf(
  event: Component,
  name: 'rdate' | 'exdate',
  counted: Counted,
  zones: (tzid: string) => ZoneFacts,
): readonly { readonly wall: number; readonly isDate: boolean }[] {
  const found = propertiesOf(event, name).flatMap((property) =>
    property.slice(3).map((value) => {
      // A PERIOD is its start; its own length is not kept.
      const start: unknown = Array.isArray(value) ? value[0] : value;
      return { wall: countedWall(property, start, counted, zones), isDate: wallOf(start).isDate };
    }),
  );
  if (found.length > MAX_DATES[name]) throw new IcsError('rule', name.toUpperCase());
  return found;
}
