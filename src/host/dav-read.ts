import type { DavElement } from './dav-types';
import type { DavName } from './dav-xml';

/** Whether an element has this name, in its namespace. */
export const davIs = (element: DavElement, wanted: DavName): boolean =>
  element.ns === wanted.ns && element.name === wanted.name;

/** Elements of this name in another; none without one. */
export const davChildren = (
  element: DavElement | undefined,
  wanted: DavName,
): readonly DavElement[] => element?.children.filter((child) => davIs(child, wanted)) ?? [];

/** The first of them. */
export const davChild = (
  element: DavElement | undefined,
  wanted: DavName,
): DavElement | undefined => davChildren(element, wanted)[0];

/** Entity tags of a condition; `*` stays as it is. Weak ones match nothing that is written (RFC 9110 8.8.3). */
export const davTags = (header: string): readonly string[] =>
  header.trim() === '*' ? ['*'] : (header.match(/(?:W\/)?"[^"]*"/g) ?? []);

const D = (name: string): DavName => ({ ns: 'DAV:', name });

/** Properties that a PROPPATCH, MKCOL or MKCALENDAR sets, or removes, in order. */
export const davChanges = (
  xml: DavElement | undefined,
): readonly (readonly ['set' | 'remove', DavElement])[] =>
  xml?.children.flatMap((change) => {
    const verb = (['set', 'remove'] as const).find((name) => davIs(change, D(name)));
    if (!verb) return [];
    return davChildren(change, D('prop')).flatMap(({ children }) =>
      children.map((prop) => [verb, prop] as const),
    );
  }) ?? [];
