import type { PluginContext } from 'estafette/plugin';
import { titleOf } from '../store/calendars';
import { type Answer, type Resource, readAnswer } from './answer';
import { type Fault, Faulty, type FoundCalendar, type Listed } from './types';

/** What is asked as whom. */
export interface Login {
  readonly url: string;
  readonly login: string;
  readonly password: string;
}

/** What changed in a calendar since a token, or all of it. */
export interface Listing {
  readonly objects: readonly Listed[];
  readonly gone: readonly string[];
  /** Until where it goes (RFC 6578); `''` where the server cannot tell changes. */
  readonly token: string;
  /** Whether there is more, to be asked for with `token`. */
  readonly isCut: boolean;
}

const XML = '<?xml version="1.0" encoding="utf-8"?>';
const NAMES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"';
const propfind = (props: string): string =>
  `${XML}<propfind ${NAMES}><prop>${props}</prop></propfind>`;
const START = propfind(
  '<resourcetype/><displayname/><current-user-principal/><C:calendar-home-set/>',
);
/** More of them nobody ticks. */
const CALENDARS_MAX = 50;

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Questions to one server of calendars (RFC 4791); what it answers wrongly is a `Faulty`. */
export function createClient(http: PluginContext['http'], { url, login, password }: Login) {
  const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;

  async function ask(at: string, method: 'PROPFIND' | 'REPORT', depth: '0' | '1', body: string) {
    const headers = {
      authorization,
      depth,
      'content-type': 'application/xml; charset=utf-8',
      accept: 'application/xml, text/xml',
    };
    const answer = await http(at, { method, headers, body }).catch((error: unknown) => {
      throw new Faulty(faultOf(error));
    });
    if (answer.status !== 207) throw new Faulty(faultOfStatus(answer.status));
    return readAnswer(answer.body.toString('utf8'));
  }

  /** An address that an answer names, on the server that was asked: a password goes nowhere else. */
  function within(href: string, base: string): string {
    if (href === '' || !URL.canParse(href, base)) throw new Faulty('nonsense');
    const found = new URL(href, base);
    if (found.origin !== new URL(base).origin) throw new Faulty('address');
    return found.href;
  }

  /** Calendars at an address: itself, or those of whose account it is. */
  async function startAt(at: string): Promise<readonly FoundCalendar[]> {
    const [own] = (await ask(at, 'PROPFIND', '0', START)).resources;
    if (own?.isCalendar) return [{ href: within(own.href, at), title: nameOf(own) }];
    let home = own?.home ?? '';
    if (home === '' && own && own.principal !== '') {
      const [who] = (await ask(within(own.principal, at), 'PROPFIND', '0', START)).resources;
      home = who?.home ?? '';
    }
    if (home === '') return [];
    const { resources } = await ask(within(home, at), 'PROPFIND', '1', START);
    return resources
      .filter(({ isCalendar }) => isCalendar)
      .slice(0, CALENDARS_MAX)
      .map((one) => ({ href: within(one.href, at), title: nameOf(one) }));
  }

  const listingOf = (calendar: string, { resources, syncToken }: Answer): Listing => {
    const rows = resources.flatMap((row) =>
      URL.canParse(row.href, calendar) ? [{ ...row, href: new URL(row.href, calendar).href }] : [],
    );
    const inside = rows.filter(
      ({ href, isCollection }) => !isCollection && isUnder(href, calendar),
    );
    const own = rows.find(({ href }) => !isUnder(href, calendar));
    return {
      objects: inside
        .filter(({ status }) => status === 200)
        .map(({ href, etag }) => ({ href, etag })),
      gone: inside.filter(({ status }) => status === 404).map(({ href }) => href),
      token: syncToken === '' ? (own?.syncToken ?? '') : syncToken,
      // RFC 6578 3.6.
      isCut: own?.status === 507,
    };
  };

  return {
    /** Calendars of the account, from its address or from the well-known one of its server (RFC 6764). */
    async find(): Promise<readonly FoundCalendar[]> {
      const wellKnown = new URL('/.well-known/caldav', url).href;
      const isRoot = new URL(url).pathname === '/';
      let fault: Fault = 'not-caldav';
      for (const at of isRoot ? [wellKnown, url] : [url, wellKnown]) {
        try {
          const found = await startAt(at);
          if (found.length > 0) return found;
        } catch (error) {
          if (!(error instanceof Faulty)) throw error;
          // Nothing that is tried after it would say more.
          if (!['refused', 'not-caldav', 'nonsense'].includes(error.fault)) throw error;
          fault = error.fault;
        }
      }
      throw new Faulty(fault);
    },

    /** What is in a calendar; an answer that does not name the calendar itself says nothing of it. */
    async all(calendar: string): Promise<Listing> {
      const props = '<resourcetype/><getetag/><sync-token/>';
      const answer = await ask(calendar, 'PROPFIND', '1', propfind(props));
      if (!answer.resources.some(({ isCollection }) => isCollection)) throw new Faulty('nonsense');
      return listingOf(calendar, answer);
    },

    /** What changed since a token of it (RFC 6578 3.2). */
    async changes(calendar: string, since: string): Promise<Listing> {
      const body = `${XML}<sync-collection ${NAMES}><sync-token>${escaped(since)}</sync-token><sync-level>1</sync-level><prop><resourcetype/><getetag/></prop></sync-collection>`;
      const answer = await ask(calendar, 'REPORT', '0', body);
      if (answer.syncToken === '') throw new Faulty('nonsense');
      return listingOf(calendar, answer);
    },

    /** Some objects whole (RFC 4791 7.9); only what was asked for. */
    async objects(calendar: string, hrefs: readonly string[]) {
      const named = hrefs.map((href) => `<href>${escaped(new URL(href).pathname)}</href>`);
      const body = `${XML}<C:calendar-multiget ${NAMES}><prop><getetag/><C:calendar-data/></prop>${named.join('')}</C:calendar-multiget>`;
      const { resources } = await ask(calendar, 'REPORT', '1', body);
      const asked = new Set(hrefs);
      return resources.flatMap(({ href, etag, text }) => {
        const at = URL.canParse(href, calendar) ? new URL(href, calendar).href : '';
        return asked.has(at) && text !== '' ? [{ href: at, etag, text }] : [];
      });
    },
  };
}

export type Client = ReturnType<typeof createClient>;

/** Whether something is in a collection: what a server says of others is not believed. */
function isUnder(href: string, collection: string): boolean {
  const at = collection.endsWith('/') ? collection : `${collection}/`;
  return href.startsWith(at) && href.length > at.length;
}

const nameOf = ({ title, href }: Pick<Resource, 'title' | 'href'>): string =>
  titleOf(title) || titleOf(href.split('/').findLast((part) => part !== '') ?? '') || '?';

export function faultOfStatus(status: number): Fault {
  if (status === 401) return 'password';
  if (status === 403) return 'refused';
  return status >= 500 || status === 429 || status === 408 ? 'unreachable' : 'not-caldav';
}

export function faultOf(error: unknown): Fault {
  const said = (name: string, of: unknown): unknown =>
    typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
  if (said('code', error) === 'fetch/refused') return 'address';
  return said('reason', said('details', error)) === 'too large' ? 'too-much' : 'unreachable';
}
