import {
  type DavAsked,
  type DavElement,
  type DavName,
  type DavResponse,
  type DavRow,
  davAsked,
  davElement,
  davHref,
  davIs,
  davRow,
  davText,
} from 'estafette/plugin';
import { failing, listed, notAllowed } from '../answers';
import { C, D, empty } from '../names';
import { type Call, calendarHref, HOME } from '../places';
import { answerOutbox } from './outbox';

/** Collections below the home that are no calendars (RFC 6638 2.1, 2.2). */
export const BOXES = { inbox: 'inbox', outbox: 'outbox' } as const;
export type Box = keyof typeof BOXES;

export const boxOf = (name: string | undefined): Box | undefined =>
  name === BOXES.inbox || name === BOXES.outbox ? name : undefined;

const privileges = (...names: readonly DavName[]): string =>
  names.map((name) => davElement(D('privilege'), empty(name))).join('');

const RIGHTS: Readonly<Record<Box, string>> = {
  inbox: privileges(
    D('read'),
    D('read-current-user-privilege-set'),
    C('schedule-deliver'),
    C('schedule-deliver-invite'),
    C('schedule-deliver-reply'),
    C('schedule-query-freebusy'),
  ),
  outbox: privileges(
    D('read'),
    D('read-current-user-privilege-set'),
    C('schedule-send'),
    C('schedule-send-invite'),
    C('schedule-send-reply'),
    C('schedule-send-freebusy'),
  ),
};

const TITLES = { inbox: 'calendar:dav.inbox', outbox: 'calendar:dav.outbox' } as const;
const REPORTS = [C('calendar-query'), C('calendar-multiget'), D('sync-collection')];

const boxHref = (box: Box): string => `${HOME}${BOXES[box]}/`;
/** Messages are mails: nothing ever comes in here, and so nothing changes. */
const TOKEN = 'urn:estafette:calendar:inbox:1';

/** The row of a box. */
export async function boxRow(call: Call, box: Box, asked: DavAsked): Promise<DavRow> {
  const { request, context, store, person } = call;
  const [first] = (await store.calendars(person)).filter(({ isOwn }) => isOwn);
  const isInbox = box === 'inbox';
  const reports = REPORTS.map((name) =>
    davElement(D('supported-report'), davElement(D('report'), empty(name))),
  ).join('');
  return davRow(
    boxHref(box),
    [
      [
        D('resourcetype'),
        empty(D('collection')) + empty(C(isInbox ? 'schedule-inbox' : 'schedule-outbox')),
      ],
      [D('displayname'), davText(context.text(request.locale)(TITLES[box]))],
      [D('owner'), davHref(request.principal)],
      [D('current-user-principal'), davHref(request.principal)],
      [D('current-user-privilege-set'), RIGHTS[box]],
      [D('supported-report-set'), isInbox ? reports : undefined],
      [D('sync-token'), isInbox ? TOKEN : undefined],
      [
        C('schedule-default-calendar-URL'),
        isInbox && first ? davHref(calendarHref(first.id)) : undefined,
      ],
      [
        C('supported-calendar-component-set'),
        `<CAL:comp name="${isInbox ? 'VEVENT' : 'VFREEBUSY'}"/>`,
      ],
    ],
    asked,
  );
}

/** What programs ask of a box. Invitations and answers are mails, so that the inbox is empty. */
export async function answerBox(call: Call, box: Box): Promise<DavResponse> {
  const { request } = call;
  const [, inside] = request.path;
  const isObject = inside !== undefined;
  switch (request.method) {
    case 'PROPFIND':
      if (isObject) return { status: 404 };
      return listed([await boxRow(call, box, davAsked(request.xml))]);
    case 'REPORT':
      return box === 'inbox' && !isObject
        ? reported(request.xml)
        : failing(403, D('supported-report'));
    case 'POST':
      return box === 'outbox' && !isObject ? answerOutbox(call) : notAllowed(request.path);
    case 'GET':
    case 'HEAD':
      return isObject ? { status: 404 } : notAllowed(request.path);
    case 'DELETE':
    case 'MOVE':
    case 'COPY':
      return isObject ? { status: 404 } : { status: 403 };
    case 'MKCALENDAR':
    case 'MKCOL':
      return isObject ? { status: 403 } : failing(405, D('resource-must-be-null'));
    default:
      return { status: 403 };
  }
}

function reported(xml: DavElement | undefined): DavResponse {
  const known = xml && REPORTS.some((name) => davIs(xml, name));
  if (!known) return failing(403, D('supported-report'));
  if (davIs(xml, D('sync-collection'))) return listed([], davElement(D('sync-token'), TOKEN));
  const hrefs = xml.children.filter((one) => davIs(one, D('href')));
  return listed(hrefs.slice(0, 1_000).map(({ text }) => ({ href: text.trim(), status: 404 })));
}
