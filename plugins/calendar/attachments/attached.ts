import { touched } from '../ics/apply';
import {
  type Component,
  type Property,
  paramOf,
  parseCalendar,
  propertiesOf,
  propertyOf,
  writeCalendar,
} from '../ics/jcal';
import { partsOf } from '../ics/object';
import { webOf } from '../pages/meeting';

/** Of one event; programs show no more. */
export const FILES_MAX = 20;

/** A file that is in an event, or an address of one (ATTACH, RFC 5545 §3.8.1.1). */
export interface Attached {
  /** Which one: its place among those of the event. */
  readonly index: number;
  readonly name: string;
  readonly type: string;
  /** Of a file that is in the event. */
  readonly bytes: number;
  /** Of one that is elsewhere; `''` for a file that is in the event. */
  readonly href: string;
}

/** The part that files are in: the series, or what takes place once. */
const headOf = (calendar: Component): Component | undefined => {
  const parts = partsOf(calendar);
  return parts.find((part) => !propertyOf(part, 'recurrence-id')) ?? parts[0];
};

const base64Of = (property: Property): string | undefined =>
  property[2] === 'binary' || paramOf(property, 'encoding').toUpperCase() === 'BASE64'
    ? String(property[3]).replace(/\s+/g, '')
    : undefined;

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** A name as programs write it: FILENAME (RFC 8607), or what an address ends with. */
function nameOf(property: Property, index: number): string {
  const said =
    paramOf(property, 'filename') ||
    paramOf(property, 'x-filename') ||
    paramOf(property, 'x-apple-filename');
  const path = said === '' ? decoded(webOf(String(property[3]))?.pathname ?? '') : said;
  const last = path.split(/[\\/]/).at(-1) ?? '';
  const name = last
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, 200);
  return name === '' ? `${index + 1}` : name;
}

/** Files of an event, in order. */
export function attachedIn(text: string): readonly Attached[] {
  const part = headOf(parseCalendar(text));
  return (part ? propertiesOf(part, 'attach') : []).flatMap((property, index) => {
    const base64 = base64Of(property);
    const href = base64 === undefined ? (webOf(String(property[3]))?.href ?? '') : '';
    // Of mails and of other programs: nothing that leads anywhere from here.
    if (base64 === undefined && href === '') return [];
    return [
      {
        index,
        name: nameOf(property, index),
        type: paramOf(property, 'fmttype'),
        bytes: base64 === undefined ? 0 : Buffer.byteLength(base64, 'base64'),
        href,
      },
    ];
  });
}

/** The bytes of one of them. */
export function contentOf(text: string, index: number): Buffer | undefined {
  const part = headOf(parseCalendar(text));
  const property = part && propertiesOf(part, 'attach')[index];
  const base64 = property && base64Of(property);
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}

function changed(text: string, now: number, change: (part: Component) => Component): string {
  const calendar = parseCalendar(text);
  const head = headOf(calendar);
  const next = calendar[2].map((part) => (part === head ? touched(change(part), now) : part));
  return writeCalendar([calendar[0], calendar[1], next]);
}

/** An event with one more file. */
export const withFile = (
  text: string,
  file: { readonly name: string; readonly type: string; readonly content: Buffer },
  now: number,
): string =>
  changed(text, now, ([kind, properties, parts]) => [
    kind,
    [
      ...properties,
      [
        'attach',
        {
          ...(/^[\w.+-]+\/[\w.+-]+$/.test(file.type) && { fmttype: file.type }),
          encoding: 'BASE64',
          // A quote cannot stand in a parameter (RFC 5545 §3.2).
          filename: file.name.replace(/["\p{Cc}]/gu, '’'),
        },
        'binary',
        file.content.toString('base64'),
      ],
    ],
    parts,
  ]);

/** An event without one of its files. */
export const withoutFile = (text: string, index: number, now: number): string =>
  changed(text, now, ([kind, properties, parts]) => {
    let at = -1;
    const left = properties.filter(([name]) => {
      if (name !== 'attach') return true;
      at += 1;
      return at !== index;
    });
    return [kind, left, parts];
  });
