import { davChild, davIs } from './dav-read';
import type { DavElement } from './dav-types';
import { type DavName, type DavRow, davElement } from './dav-xml';

/** What a PROPFIND or a REPORT wants to know of each resource. */
export interface DavAsked {
  /** Undefined: everything that is not dear. */
  readonly names: readonly DavElement[] | undefined;
  /** Names alone, without values. */
  readonly isNamesOnly: boolean;
}

/** The content of a property as XML; a function for what is dear, or depends on how it is asked. */
export type DavValue = string | ((asked: DavElement) => string | undefined);

/** Properties of a resource; those without a value are not there. */
export type DavProps = readonly (readonly [DavName, DavValue | undefined])[];

const D = (name: string): DavName => ({ ns: 'DAV:', name });

/** Reads what is asked from a body; without one it is everything. */
export function davAsked(xml: DavElement | undefined): DavAsked {
  const prop = davChild(xml, D('prop'));
  return {
    names: prop?.children,
    isNamesOnly: !prop && davChild(xml, D('propname')) !== undefined,
  };
}

/** Whether a property is asked for by name. */
export const davWants = ({ names }: DavAsked, wanted: DavName): boolean =>
  names?.some((name) => davIs(name, wanted)) ?? false;

const keyOf = ({ ns, name }: DavName): string => `${ns} ${name}`;

/** The row of a resource: what is known of what was asked, and what is not there. */
export function davRow(href: string, entries: DavProps, { names, isNamesOnly }: DavAsked): DavRow {
  const props = entries.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  if (isNamesOnly) return { href, found: props.map(([name]) => davElement(name)) };
  if (!names) {
    const cheap = props.flatMap(([name, value]) =>
      typeof value === 'string' ? [davElement(name, value)] : [],
    );
    return { href, found: cheap };
  }
  const known = new Map(props.map(([name, value]) => [keyOf(name), value]));
  const found: string[] = [];
  const missing: DavName[] = [];
  for (const name of names) {
    const value = known.get(keyOf(name));
    const content = typeof value === 'function' ? value(name) : value;
    if (content === undefined) missing.push(name);
    else found.push(davElement(name, content));
  }
  return { href, found, other: [{ status: 404, names: missing }] };
}
