import { DAV_NS, type DavElement, type DavName, davElement } from 'estafette/plugin';

export const D = (name: string): DavName => ({ ns: DAV_NS.D, name });
export const C = (name: string): DavName => ({ ns: DAV_NS.C, name });
export const CS = (name: string): DavName => ({ ns: DAV_NS.CS, name });

/** One text for a name: a key of maps. */
export const keyOf = ({ ns, name }: DavName): string => `${ns} ${name}`;

export const isNamed = (element: DavElement, wanted: DavName): boolean =>
  element.ns === wanted.ns && element.name === wanted.name;

export const childrenOf = (
  element: DavElement | undefined,
  wanted: DavName,
): readonly DavElement[] => element?.children.filter((child) => isNamed(child, wanted)) ?? [];

export const childOf = (element: DavElement | undefined, wanted: DavName): DavElement | undefined =>
  childrenOf(element, wanted)[0];

/** An element without content, as XML. */
export const empty = (name: DavName): string => davElement(name);
