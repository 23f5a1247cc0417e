import { type DavName, type DavResponse, davElement, davError } from 'estafette/plugin';

/** A precondition that was not met (RFC 4918 16). */
export const failing = (status: number, condition: DavName, content = ''): DavResponse => ({
  status,
  body: davError(davElement(condition, content)),
});

export const MISSING: DavResponse = { status: 404 };
export const STALE: DavResponse = { status: 412 };
