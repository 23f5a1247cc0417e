import type { CalendarStore, Person } from '../store';
import { cutCalendar } from './cut';

/** A file of an answer holds no more. */
const MAX_CHARS = 60_000_000;

/** A whole calendar as one iCalendar text; undefined where it is larger than a file may be. */
export async function exportCalendar(
  store: Pick<CalendarStore, 'objects'>,
  person: Person,
  { id, title }: { readonly id: string; readonly title: string },
): Promise<string | undefined> {
  const name = title.replace(/[\\,;]/g, (sign) => `\\${sign}`);
  const head = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Estafette//Calendar//EN',
    `X-WR-CALNAME:${name}`,
  ];
  const zones = new Map<string, string>();
  const parts: string[] = [];
  let chars = 0;
  for await (const objects of store.objects(person, id)) {
    for (const { text } of objects) {
      for (const part of cutCalendar(text, Number.MAX_SAFE_INTEGER)) {
        if ('reason' in part) continue;
        if (part.kind === 'VTIMEZONE') zones.set(part.name, part.text);
        else parts.push(part.text);
        chars += part.text.length;
      }
      if (chars > MAX_CHARS) return undefined;
    }
  }
  return [`${head.join('\r\n')}\r\n`, ...zones.values(), ...parts, 'END:VCALENDAR\r\n'].join('');
}
