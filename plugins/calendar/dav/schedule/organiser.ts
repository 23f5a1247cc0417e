import type { Component } from '../../ics/jcal';
import { writeCalendar } from '../../ics/jcal';
import { partiesOf, withEach } from '../../itip/people';
import type { Meeting } from './meeting';

/** An object in which each part of an event is another. */
const withParts = (
  { read, parts }: Meeting,
  change: (part: Component, name: string) => Component,
): string => {
  const names = new Map([...parts].map(([name, part]) => [part, name]));
  const [kind, properties, all] = read.calendar;
  const next = all.map((part) => {
    const name = names.get(part);
    return name === undefined ? part : change(part, name);
  });
  return writeCalendar([kind, properties, next]);
};

const startOf = (part: Component): string =>
  JSON.stringify(part[1].find(([name]) => name === 'dtstart')?.slice(1));

/**
 * A write of who organises, with the answers that came since their program read the meeting: they are
 * of those who gave them (RFC 6638 3.2.10). Who is asked to another time has not answered.
 */
export function withAnswers(after: Meeting, before: Meeting, own: readonly string[]): string {
  return withParts(after, (part, name) => {
    const known = before.parts.get(name);
    if (!known || startOf(known) !== startOf(part)) return part;
    const parties = partiesOf(known);
    return withEach(part, ({ mail, partstat }) => {
      const there = own.includes(mail) ? undefined : parties.get(mail);
      return there && there.partstat !== partstat
        ? { partstat: there.partstat.toUpperCase() }
        : undefined;
    });
  });
}

/** Says of those who are mailed that they are (SCHEDULE-STATUS 1.1), and takes back what programs force. */
export function withStatus(after: Meeting, told: ReadonlySet<string>): string {
  return withParts(after, (part) =>
    withEach(part, ({ mail }) =>
      told.has(mail) ? { 'schedule-status': '1.1', 'schedule-force-send': '' } : undefined,
    ),
  );
}
