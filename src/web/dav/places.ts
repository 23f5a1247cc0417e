import type { DavElement, DavResponse } from '../../host/dav-types';
import {
  DAV_NS,
  type DavName,
  davElement,
  davError,
  davHref,
  davMultistatus,
  davText,
} from '../../host/dav-xml';
import { type Principal, peopleFor, personOf, type Suggest } from './people';
import { answerReport, PRINCIPAL_REPORTS } from './principal-reports';
import type { Visitor } from './visitor';

const { D, C, CAL, CS } = DAV_NS;

/** Path of who asks as a principal (RFC 3744 4). */
export const principalOf = ({ actor }: Visitor): string =>
  `/dav/principals/${encodeURIComponent(actor.user.login)}/`;

const dav = (name: string): DavName => ({ ns: D, name });

/** Whether anything of somebody is at a path of our own; a plugin's paths are its own. */
type Place = 'root' | 'principals' | 'principal';

function placeOf(visitor: Visitor, path: readonly string[]): Place | undefined {
  const [first, login, ...rest] = path;
  if (first === undefined) return 'root';
  if (first !== 'principals' || rest.length > 0) return undefined;
  if (login === undefined) return 'principals';
  // Of nobody else is told even that they are there.
  return login.toLowerCase() === visitor.actor.user.login ? 'principal' : undefined;
}

const HREFS: Readonly<Record<Place, (visitor: Visitor) => string>> = {
  root: () => '/dav/',
  principals: () => '/dav/principals/',
  principal: principalOf,
};

/** Where a plugin that schedules takes what comes in, and what is asked of others (RFC 6638 2.1, 2.2). */
function scheduling({ plugins }: Visitor) {
  const found = plugins.find(({ definition }) => definition.contributes?.dav?.schedule);
  const schedule = found?.definition.contributes?.dav?.schedule;
  if (!found || !schedule) return undefined;
  const at = (name: string): string => davHref(`/dav/${found.id}/${name}/`);
  return { inbox: at(schedule.inbox), outbox: at(schedule.outbox) };
}

/** Homes of the plugins of a person, by what RFC 6764 discovers. */
const homesOf = ({ plugins }: Visitor, wellKnown: 'carddav' | 'caldav'): string =>
  plugins
    .filter(({ definition }) => definition.contributes?.dav?.wellKnown === wellKnown)
    .map(({ id }) => davHref(`/dav/${id}/`))
    .join('');

function propsOf(visitor: Visitor, place: Place): ReadonlyMap<string, string> {
  const { actor } = visitor;
  const props = new Map<string, string>();
  const add = (name: DavName, content: string): void => {
    if (content !== '') props.set(`${name.ns} ${name.name}`, davElement(name, content));
  };
  const kinds = [dav('collection'), ...(place === 'principal' ? [dav('principal')] : [])];
  add(dav('resourcetype'), kinds.map((kind) => davElement(kind)).join(''));
  add(dav('current-user-principal'), davHref(principalOf(visitor)));
  add(dav('principal-collection-set'), davHref(HREFS.principals(visitor)));
  const reports = PRINCIPAL_REPORTS.map((name) =>
    davElement(dav('supported-report'), davElement(dav('report'), davElement(name))),
  );
  add(dav('supported-report-set'), reports.join(''));
  if (place !== 'principal') return props;
  add(dav('displayname'), davText(actor.user.name));
  add(dav('principal-URL'), davHref(principalOf(visitor)));
  add({ ns: C, name: 'addressbook-home-set' }, homesOf(visitor, 'carddav'));
  const calendar = homesOf(visitor, 'caldav');
  if (calendar === '') return props;
  const mails = [...new Set([actor.user.mail, ...actor.user.aliases])];
  const address = mails.map((mail) => davHref(`mailto:${mail}`)).join('');
  add({ ns: CAL, name: 'calendar-home-set' }, calendar);
  // RFC 6638 2.4.1: how others name this person in their events.
  add({ ns: CAL, name: 'calendar-user-address-set' }, address + davHref(principalOf(visitor)));
  add({ ns: CAL, name: 'calendar-user-type' }, 'INDIVIDUAL');
  const schedule = scheduling(visitor);
  add({ ns: CAL, name: 'schedule-inbox-URL' }, schedule?.inbox ?? '');
  add({ ns: CAL, name: 'schedule-outbox-URL' }, schedule?.outbox ?? '');
  add(
    { ns: CS, name: 'email-address-set' },
    davElement({ ns: CS, name: 'email-address' }, davText(actor.user.mail)),
  );
  return props;
}

/** What is asked of a PROPFIND without a body, or with `allprop` or `propname`, is everything. */
function rowOf(visitor: Visitor, place: Place, xml: DavElement | undefined) {
  return askedOf(HREFS[place](visitor), propsOf(visitor, place), xml);
}

function askedOf(href: string, props: ReadonlyMap<string, string>, xml: DavElement | undefined) {
  const asked = xml?.children.find(({ ns, name }) => ns === D && name === 'prop')?.children;
  if (!asked) return { href, found: [...props.values()] };
  const keyOf = ({ ns, name }: DavName): string => `${ns} ${name}`;
  return {
    href,
    found: asked.flatMap((name) => props.get(keyOf(name)) ?? []),
    other: [{ status: 404, names: asked.filter((name) => !props.has(keyOf(name))) }],
  };
}

const ownOf = (visitor: Visitor): Principal => ({
  name: visitor.actor.user.name,
  mail: visitor.actor.user.mail,
  href: principalOf(visitor),
});

/** What is told of somebody else: what they are called, and the address that they were found by. */
function otherRow({ name, mail, href }: Principal, xml: DavElement | undefined) {
  const address = { ns: CS, name: 'email-address' };
  const props: readonly (readonly [DavName, string])[] = [
    [dav('resourcetype'), davElement(dav('collection')) + davElement(dav('principal'))],
    [dav('displayname'), davText(name)],
    [dav('principal-URL'), davHref(href)],
    [{ ns: CAL, name: 'calendar-user-address-set' }, davHref(`mailto:${mail}`)],
    [{ ns: CAL, name: 'calendar-user-type' }, 'INDIVIDUAL'],
    [{ ns: CS, name: 'email-address-set' }, davElement(address, davText(mail))],
  ];
  const found = new Map(
    props.map(([one, content]) => [`${one.ns} ${one.name}`, davElement(one, content)]),
  );
  return askedOf(href, found, xml);
}

/** Answers at `/dav/` and below `/dav/principals/`; `undefined` for what is not there. */
export async function answerPlace(
  visitor: Visitor,
  suggest: Suggest,
  asked: {
    readonly method: string;
    readonly path: readonly string[];
    readonly depth: 0 | 1 | 'infinity';
    readonly xml: DavElement | undefined;
  },
): Promise<DavResponse | undefined> {
  const [first, kind, mail, ...rest] = asked.path;
  if (first === 'principals' && kind === 'people' && mail !== undefined && rest.length === 0)
    return answerPerson(await personOf(suggest, visitor, mail), asked);
  const place = placeOf(visitor, asked.path);
  if (!place) return undefined;
  if (asked.method === 'PROPFIND') {
    const below: Place[] = place === 'principals' && asked.depth !== 0 ? ['principal'] : [];
    const rows = [place, ...below].map((one) => rowOf(visitor, one, asked.xml));
    return { status: 207, body: davMultistatus(rows) };
  }
  if (asked.method === 'REPORT') {
    const own = ownOf(visitor);
    return answerReport(asked.xml, {
      own,
      row: (one, xml) => (one === own ? rowOf(visitor, 'principal', xml) : otherRow(one, xml)),
      others: (text) => peopleFor(suggest, visitor, text),
    });
  }
  return refusing(asked.method);
}

function refusing(method: string): DavResponse {
  if (method === 'GET' || method === 'HEAD')
    return { status: 405, headers: { allow: 'OPTIONS, PROPFIND' } };
  return { status: 403, body: davError(davElement(dav('cannot-modify-protected-property'))) };
}

function answerPerson(
  person: Principal | undefined,
  { method, xml }: { readonly method: string; readonly xml: DavElement | undefined },
): DavResponse | undefined {
  if (!person) return undefined;
  if (method !== 'PROPFIND') return refusing(method);
  return { status: 207, body: davMultistatus([otherRow(person, xml)]) };
}
