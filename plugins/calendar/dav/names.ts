import { DAV_NS, type DavName, davElement } from 'estafette/plugin';

export const D = (name: string): DavName => ({ ns: DAV_NS.D, name });
export const C = (name: string): DavName => ({ ns: DAV_NS.CAL, name });
export const CS = (name: string): DavName => ({ ns: DAV_NS.CS, name });
export const APPLE = (name: string): DavName => ({ ns: DAV_NS.ICAL, name });

/** An element without content, as XML. */
export const empty = (name: DavName): string => davElement(name);
