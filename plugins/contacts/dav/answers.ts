import { type DavName, type DavResponse, davElement, davError } from 'estafette/plugin';

const AT_HOME = 'OPTIONS, PROPFIND, PROPPATCH, REPORT';
const AT_BOOK = `${AT_HOME}, DELETE`;
const AT_CARD = 'OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH';

/** What cannot be done at a place, and what can (RFC 9110 15.5.6). */
export const notAllowed = ({ length }: readonly string[]): DavResponse => ({
  status: 405,
  headers: { allow: [AT_HOME, AT_BOOK][length] ?? AT_CARD },
});

/** A precondition that was not met (RFC 4918 16). */
export const failing = (status: number, condition: DavName, content = ''): DavResponse => ({
  status,
  body: davError(davElement(condition, content)),
});

export const MISSING: DavResponse = { status: 404 };
export const STALE: DavResponse = { status: 412 };
