/**
 * CalDAV (RFC 4791, RFC 6578) over the store of the pages: `/dav/calendar/` is the home of a person,
 * `/dav/calendar/<calendar>/` a calendar, and `…/<name>.ics` an event or a task, whose text is what
 * was put there. `inbox` and `outbox` are those of RFC 6638. The platform has asked who they are, and
 * read the body.
 */
import type { DavHandler, DavResponse } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { createStore } from '../store';
import { MISSING, notAllowed } from './answers';
import { makeCalendar, proppatch } from './collections';
import { move } from './moving';
import type { Call } from './places';
import { propfind } from './propfind';
import { report } from './reports';
import { answerBox, boxOf } from './schedule/boxes';
import { get, put, remove } from './writes';

const METHODS: Readonly<Record<string, (call: Call) => Promise<DavResponse>>> = {
  PROPFIND: propfind,
  PROPPATCH: proppatch,
  REPORT: report,
  GET: get,
  HEAD: get,
  PUT: put,
  DELETE: remove,
  COPY: move,
  MOVE: move,
  MKCOL: makeCalendar,
  MKCALENDAR: makeCalendar,
};

/** Of what has to stand in something that is there. */
const MAKING: ReadonlySet<string> = new Set(['PUT', 'MKCOL', 'MKCALENDAR']);

export const dav: DavHandler<CalendarConfig> = async (request, context) => {
  // Nothing is below an event.
  if (request.path.length > 2) return MAKING.has(request.method) ? { status: 409 } : MISSING;
  const { site, user } = request;
  const person = { site, user: user.id, mail: user.mail, as: request.as, isAlone: true };
  const call: Call = { request, context, store: createStore(context), person };
  const box = boxOf(request.path[0]);
  if (box) return answerBox(call, box);
  const answer = METHODS[request.method];
  return answer ? answer(call) : notAllowed(request.path);
};
