import {
  type DavAsked,
  type DavName,
  type DavProps,
  type DavRow,
  davElement,
  davHref,
  davRow,
  davText,
  davWants,
} from 'estafette/plugin';
import type { Calendar } from '../store';
import { shownColour } from './colours';
import { dataOf } from './data';
import { componentsFor, KEPT } from './kept';
import { APPLE, C, CS, D, empty } from './names';
import { type Call, calendarHref, HOME, objectHref, syncToken } from './places';
import { scheduleTagOf } from './schedule/tag';

const privileges = (...names: readonly DavName[]): string =>
  names.map((name) => davElement(D('privilege'), empty(name))).join('');

const READING = [D('read'), D('read-current-user-privilege-set'), C('read-free-busy')];

const rightsOf = (rights: Calendar['rights'], isCalendar: boolean): string =>
  rights === 'read'
    ? privileges(...READING)
    : privileges(
        ...READING,
        D('write'),
        D('write-content'),
        ...(isCalendar ? [D('bind'), D('unbind')] : []),
        ...(isCalendar && rights === 'manage' ? [D('write-properties')] : []),
      );

const shared = ({ request }: Call): DavProps => [
  [D('current-user-principal'), davHref(request.principal)],
];

const ownedBy = ({ request }: Call, isOwn: boolean): string | undefined =>
  isOwn ? davHref(request.principal) : undefined;

export const homeRow = (call: Call, asked: DavAsked): DavRow =>
  davRow(
    HOME,
    [
      [D('resourcetype'), empty(D('collection'))],
      [D('displayname'), davText(call.context.text(call.request.locale)('calendar:title'))],
      [D('owner'), davHref(call.request.principal)],
      [
        D('current-user-privilege-set'),
        privileges(D('read'), D('read-current-user-privilege-set'), D('bind'), D('unbind')),
      ],
      ...shared(call),
    ],
    asked,
  );

const REPORTS = [
  C('calendar-query'),
  C('calendar-multiget'),
  C('free-busy-query'),
  D('sync-collection'),
]
  .map((name) => davElement(D('supported-report'), davElement(D('report'), empty(name))))
  .join('');
const DATA = '<CAL:calendar-data content-type="text/calendar" version="2.0"/>';
const COLLATIONS = ['i;ascii-casemap', 'i;unicode-casemap', 'i;octet']
  .map((name) => davElement(C('supported-collation'), name))
  .join('');

const optional = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : davText(text);

/** A calendar; `kept` is what programs said of it. */
export const calendarRow = (
  call: Call,
  calendar: Calendar,
  kept: ReadonlyMap<string, string> | undefined,
  asked: DavAsked,
): DavRow =>
  davRow(
    calendarHref(calendar.id),
    [
      [D('resourcetype'), empty(D('collection')) + empty(C('calendar'))],
      [D('displayname'), davText(calendar.title)],
      [D('owner'), ownedBy(call, calendar.isOwn)],
      [D('sync-token'), davText(syncToken(calendar))],
      [CS('getctag'), `"${calendar.life}-${calendar.syncToken}"`],
      [D('supported-report-set'), REPORTS],
      [
        C('supported-calendar-component-set'),
        componentsFor(kept)
          .map((name) => `<CAL:comp name="${name}"/>`)
          .join(''),
      ],
      [C('supported-calendar-data'), DATA],
      [C('supported-collation-set'), COLLATIONS],
      [
        C('max-resource-size'),
        String(call.context.config(call.person.site).maxObjectKilobytes * 1_000),
      ],
      [APPLE('calendar-color'), davText(shownColour(calendar.colour, kept?.get('colour')))],
      ...(['order', 'description', 'zone'] as const).map(
        (name) => [(KEPT[name] as { name: DavName }).name, optional(kept?.get(name))] as const,
      ),
      [D('current-user-privilege-set'), rightsOf(calendar.rights, true)],
      ...shared(call),
    ],
    asked,
  );

/** What is known of an object; its text only where it had to be read. */
export interface KnownObject {
  readonly uri: string;
  readonly etag: string;
  readonly text?: string;
  readonly bytes?: number;
  readonly component?: string;
  readonly summary?: string;
  readonly updatedAt?: string;
}

/** Whether objects have to be read; other properties are in lists. */
export const wantsText = (asked: DavAsked): boolean =>
  davWants(asked, C('calendar-data')) || davWants(asked, C('schedule-tag'));

/** What only lists know, beside the etag. */
const LISTED = [D('getcontentlength'), D('getlastmodified'), D('displayname'), D('getcontenttype')];

export const wantsRow = (asked: DavAsked): boolean =>
  wantsText(asked) || LISTED.some((name) => davWants(asked, name));

export const typeOf = (component: string | undefined): string =>
  `text/calendar; charset=utf-8${component === undefined ? '' : `; component=${component}`}`;

export const objectRow = (
  call: Call,
  calendar: Calendar,
  object: KnownObject,
  asked: DavAsked,
): DavRow =>
  davRow(
    objectHref(calendar.id, object.uri),
    [
      [D('resourcetype'), ''],
      [D('getetag'), davText(object.etag)],
      [D('getcontenttype'), typeOf(object.component)],
      [D('owner'), ownedBy(call, calendar.isOwn)],
      [D('current-user-privilege-set'), rightsOf(calendar.rights, false)],
      ...shared(call),
      [D('displayname'), () => optional(object.summary)],
      [
        D('getcontentlength'),
        () => (object.bytes === undefined ? undefined : String(object.bytes)),
      ],
      [
        D('getlastmodified'),
        () =>
          object.updatedAt === undefined ? undefined : new Date(object.updatedAt).toUTCString(),
      ],
      [
        C('schedule-tag'),
        () => {
          const tag = object.text === undefined ? undefined : scheduleTagOf(object.text);
          return optional(tag);
        },
      ],
      [
        C('calendar-data'),
        (wanted) =>
          object.text === undefined ? undefined : davText(dataOf(object.text, wanted, call)),
      ],
    ],
    asked,
  );
