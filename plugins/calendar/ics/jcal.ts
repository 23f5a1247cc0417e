import ICAL from 'ical.js';
import { IcsError } from './types';

/** jCal (RFC 7265): what a calendar text says as arrays. Names are in lower case. */
export type Params = Readonly<Record<string, string | readonly string[]>>;
export type Property = readonly [
  name: string,
  params: Params,
  type: string,
  ...values: readonly unknown[],
];
export type Component = readonly [
  name: string,
  properties: readonly Property[],
  components: readonly Component[],
];

/** Clients nest two deep; more is made to exhaust whoever goes through it. */
const MAX_DEPTH = 6;

/** Of a property with its parameters; a list of members of a group is some thousands long. */
const MAX_HEAD = 20_000;

/** Where a property's name and parameters are longer than any program writes: `0` where none are. */
function longHeadLine(text: string): number {
  let [line, head, isHead, isQuoted] = [1, 0, true, false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\n') {
      line += 1;
      const next = text[at + 1];
      // A line that goes on begins with a space (RFC 5545 §3.1).
      if (next === ' ' || next === '\t') continue;
      [head, isHead, isQuoted] = [0, true, false];
    } else if (isHead) {
      head += 1;
      if (head > MAX_HEAD) return line;
      if (sign === '"') isQuoted = !isQuoted;
      else if (sign === ':' && !isQuoted) isHead = false;
    }
  }
  return 0;
}

/** Reads a text. Throws {@link IcsError} when it is no calendar. */
export function parseCalendar(text: string): Component {
  const long = longHeadLine(text);
  if (long > 0) throw new IcsError('syntax', `line ${long}`);
  let parsed: unknown;
  try {
    parsed = ICAL.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 120) : '';
    throw new IcsError('syntax', detail);
  }
  const root = parsed as Component;
  // Two calendars in one text come as a list of them.
  if (root[0] !== 'vcalendar') throw new IcsError('syntax', String(root[0]).slice(0, 40));
  if (!isWithin(root, MAX_DEPTH)) throw new IcsError('syntax', 'BEGIN');
  const untold = untypedIn(root);
  if (untold !== undefined) throw new IcsError('syntax', untold.slice(0, 40));
  return root;
}

/** A name that every object has (`constructor`) is read as a property of no type, and cannot be written. */
const untypedIn = ([, properties, components]: Component): string | undefined =>
  properties.find(([, , type]) => typeof type !== 'string')?.[0] ??
  components.map(untypedIn).find((name) => name !== undefined);

const isWithin = (component: Component, depth: number): boolean =>
  depth > 0 && component[2].every((inner) => isWithin(inner, depth - 1));

/** Writes a text, folded, with CRLF (RFC 5545 §3.1). */
export const writeCalendar = (calendar: Component): string =>
  `${ICAL.stringify(calendar as unknown as Parameters<typeof ICAL.stringify>[0]).trimEnd()}\r\n`;

export const propertyOf = ([, properties]: Component, name: string): Property | undefined =>
  properties.find((property) => property[0] === name);

export const propertiesOf = ([, properties]: Component, name: string): readonly Property[] =>
  properties.filter((property) => property[0] === name);

export const componentsOf = ([, , components]: Component, name: string): readonly Component[] =>
  components.filter((component) => component[0] === name);

/** The first value as text; `''` without one. */
export function textOf(component: Component, name: string): string {
  const value = propertyOf(component, name)?.[3];
  return typeof value === 'string' ? value : '';
}

/** A parameter's first value; `''` without one. */
export function paramOf([, params]: Property, name: string): string {
  const value = params[name];
  return typeof value === 'string' ? value : (value?.[0] ?? '');
}

/** A component in which a property has another value, or is gone; where it stood, else at the end. */
export function withProperty(
  [kind, properties, components]: Component,
  name: string,
  property: Property | undefined,
): Component {
  const at = properties.findIndex((one) => one[0] === name);
  const others = properties.filter((one) => one[0] !== name);
  if (!property) return [kind, others, components];
  const place =
    at < 0 ? others.length : properties.slice(0, at).filter((one) => one[0] !== name).length;
  return [kind, [...others.slice(0, place), property, ...others.slice(place)], components];
}

/** The value of a RRULE as a text has it. Throws {@link IcsError}. */
export function ruleTextOf(property: Property): string {
  try {
    return ICAL.Recur.fromData(
      property[3] as ConstructorParameters<typeof ICAL.Recur>[0],
    ).toString();
  } catch {
    throw new IcsError('rule');
  }
}

/** A RRULE as a property. Throws {@link IcsError}. */
export function ruleProperty(text: string): Property {
  try {
    const property = ICAL.parse(
      `BEGIN:VEVENT\r\nRRULE:${text}\r\nEND:VEVENT`,
    ) as unknown as Component;
    return property[1][0] as Property;
  } catch {
    throw new IcsError('rule', text.slice(0, 120));
  }
}

/** A component that is written as text. */
export const parseComponent = (text: string): Component => ICAL.parse(text) as unknown as Component;
