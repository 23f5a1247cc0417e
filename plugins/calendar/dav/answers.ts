import {
  type DavName,
  type DavResponse,
  type DavRow,
  davElement,
  davError,
  davMultistatus,
} from 'estafette/plugin';
import { D } from './names';

const AT_HOME = 'OPTIONS, PROPFIND, PROPPATCH, REPORT';
const AT_CALENDAR = `${AT_HOME}, DELETE`;
const AT_OBJECT = 'OPTIONS, GET, HEAD, PUT, DELETE, COPY, MOVE, PROPFIND, PROPPATCH';

/** What cannot be done at a place, and what can (RFC 9110 15.5.6). */
export const notAllowed = ({ length }: readonly string[]): DavResponse => ({
  status: 405,
  headers: { allow: [AT_HOME, AT_CALENDAR][length] ?? AT_OBJECT },
});

/** A precondition that was not met (RFC 4918 16). */
export const failing = (status: number, condition: DavName, content = ''): DavResponse => ({
  status,
  body: davError(davElement(condition, content)),
});

export const listed = (rows: readonly DavRow[], more = ''): DavResponse => ({
  status: 207,
  body: davMultistatus(rows, more),
});

export const MISSING: DavResponse = { status: 404 };
export const STALE: DavResponse = { status: 412 };
/** More than one answer holds, where a part of it would mislead. */
export const TOO_MUCH: DavResponse = failing(507, D('number-of-matches-within-limits'));
