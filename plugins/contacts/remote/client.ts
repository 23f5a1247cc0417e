import type { PluginContext, PluginHttpOptions } from 'estafette/plugin';
import { titleOf } from '../store/title';
import { hrefOf, isUnder, type Multistatus, type Resource, readMultistatus } from './multistatus';
import { type Fault, Faulty, type FoundBook } from './types';

type Http = PluginContext['http'];

/** What is asked as whom. */
export interface Login {
  readonly url: string;
  readonly login: string;
  readonly password: string;
}

export interface Listed {
  readonly href: string;
  readonly etag: string;
}

const NAMESPACES = 'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"';
const START = propfind(
  '<resourcetype/><displayname/><current-user-principal/><C:addressbook-home-set/>',
);
const BOOKS = propfind('<resourcetype/><displayname/>');
const ETAGS = propfind('<resourcetype/><getetag/><sync-token/>');
/** Every card of a book with its entity tag, `''` where the server tells none. */
export interface Listing {
  readonly cards: readonly Listed[];
  /** Until where the list goes, where the server can tell changes (RFC 6578); else `''`. */
  readonly token: string;
}

/** A part of what changed in a book since a token. */
export interface Changed {
  readonly cards: readonly Listed[];
  readonly gone: readonly string[];
  readonly token: string;
  /** Whether the server has more, to be asked for with `token`. */
  readonly isCut: boolean;
}

/** More of them nobody ticks. */
const BOOKS_MAX = 50;

function propfind(names: string): string {
  return `<?xml version="1.0" encoding="utf-8"?><propfind ${NAMESPACES}><prop>${names}</prop></propfind>`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Questions to one server of address books (RFC 6352); what it answers wrongly is a `Faulty`. */
export function createClient(http: Http, { url, login, password }: Login) {
  const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;

  async function ask(
    at: string,
    method: 'PROPFIND' | 'REPORT',
    { depth, body }: { readonly depth: '0' | '1'; readonly body: string },
  ): Promise<Multistatus> {
    const options: PluginHttpOptions = {
      method,
      headers: {
        authorization,
        depth,
        'content-type': 'application/xml; charset=utf-8',
        accept: 'application/xml, text/xml',
      },
      body,
    };
    const answer = await http(at, options).catch((error: unknown) => {
      throw new Faulty(faultOf(error));
    });
    if (answer.status !== 207) throw new Faulty(faultOfStatus(answer.status));
    return readMultistatus(answer.body.toString('utf8'));
  }

  /** An address that an answer names, on the server that was asked: a password goes nowhere else. */
  function within(href: string, base: string): string {
    const found = hrefOf(href, base);
    if (found === undefined) throw new Faulty('nonsense');
    if (new URL(found).origin !== new URL(base).origin) throw new Faulty('address');
    return found;
  }

  async function startAt(at: string): Promise<readonly FoundBook[] | undefined> {
    const [own] = (await ask(at, 'PROPFIND', { depth: '0', body: START })).resources;
    if (!own) return undefined;
    if (own.isBook) return [{ href: within(own.href, at), title: nameOf(own) }];
    let home = own.home;
    if (home === '' && own.principal !== '') {
      const principal = within(own.principal, at);
      const [who] = (await ask(principal, 'PROPFIND', { depth: '0', body: START })).resources;
      home = who?.home ?? '';
    }
    if (home === '') return undefined;
    const books = await ask(within(home, at), 'PROPFIND', { depth: '1', body: BOOKS });
    return books.resources
      .filter(({ isBook }) => isBook)
      .slice(0, BOOKS_MAX)
      .map((book) => ({
        href: within(book.href, at),
        title: nameOf(book),
      }));
  }

  return {
    /** Books of the account, from its address or from the well-known one of its server (RFC 6764). */
    async find(): Promise<readonly FoundBook[]> {
      const wellKnown = new URL('/.well-known/carddav', url).href;
      const isRoot = new URL(url).pathname === '/';
      let fault: Fault = 'not-carddav';
      for (const at of isRoot ? [wellKnown, url] : [url, wellKnown]) {
        try {
          const found = await startAt(at);
          if (found && found.length > 0) return found;
        } catch (error) {
          if (!(error instanceof Faulty)) throw error;
          // Nothing that is tried after it would say more.
          if (['password', 'address', 'unreachable', 'too-much'].includes(error.fault)) throw error;
          fault = error.fault;
        }
      }
      throw new Faulty(fault);
    },

    /**
     * What is in a book. An answer that does not name the book itself (RFC 4918 9.1) says nothing of what is in it.
     */
    async etags(book: string): Promise<Listing> {
      const rows = wholeOf(await ask(book, 'PROPFIND', { depth: '1', body: ETAGS }), book);
      const own = rows.find(({ href, isCollection }) => isCollection && !isUnder(href, book));
      if (!own) throw new Faulty('nonsense');
      return { cards: cardsOf(rows, book), token: own.syncToken };
    },

    /** What changed in a book since a token of it (`sync-collection`, RFC 6578 3.2). */
    async changes(book: string, since: string): Promise<Changed> {
      const body = `<?xml version="1.0" encoding="utf-8"?><sync-collection xmlns="DAV:"><sync-token>${escaped(since)}</sync-token><sync-level>1</sync-level><prop><resourcetype/><getetag/></prop></sync-collection>`;
      const answer = await ask(book, 'REPORT', { depth: '0', body });
      if (answer.syncToken === '') throw new Faulty('nonsense');
      const rows = wholeOf(answer, book);
      return {
        cards: cardsOf(
          rows.filter(({ status }) => status === 200),
          book,
        ),
        gone: rows
          .filter(({ href, status }) => status === 404 && isUnder(href, book))
          .map(({ href }) => href),
        token: answer.syncToken,
        // RFC 6578 3.6.
        isCut: rows.some(({ href, status }) => status === 507 && !isUnder(href, book)),
      };
    },

    /** Some cards whole (`addressbook-multiget`). */
    async cards(book: string, hrefs: readonly string[]) {
      const names = hrefs.map((href) => `<href>${escaped(new URL(href).pathname)}</href>`).join('');
      const body = `<?xml version="1.0" encoding="utf-8"?><C:addressbook-multiget ${NAMESPACES}><prop><getetag/><C:address-data/></prop>${names}</C:addressbook-multiget>`;
      const { resources } = await ask(book, 'REPORT', { depth: '1', body });
      return resources.flatMap(({ href, etag, card }) => {
        const at = hrefOf(href, book);
        // Only what was asked for.
        return at !== undefined && card !== '' && hrefs.includes(at)
          ? [{ href: at, etag, card }]
          : [];
      });
    },
  };
}

export type Client = ReturnType<typeof createClient>;

const nameOf = ({ title, href }: { readonly title: string; readonly href: string }): string =>
  titleOf(title) || titleOf(href.split('/').findLast((part) => part !== '') ?? '') || '?';

/** Resources of an answer, with whole addresses. */
const wholeOf = ({ resources }: Multistatus, book: string): readonly Resource[] =>
  resources.flatMap((row) => {
    const at = hrefOf(row.href, book);
    return at === undefined ? [] : [{ ...row, href: at }];
  });

const cardsOf = (rows: readonly Resource[], book: string): readonly Listed[] =>
  rows
    .filter(({ href, isCollection }) => !isCollection && isUnder(href, book))
    .map(({ href, etag }) => ({ href, etag }));

function faultOfStatus(status: number): Fault {
  if (status === 401) return 'password';
  if (status === 403) return 'refused';
  // Too many questions, or one that took too long: nothing is said of what was asked for.
  return status >= 500 || status === 429 || status === 408 ? 'unreachable' : 'not-carddav';
}

const detailOf = (error: unknown): unknown => {
  const details: unknown = error instanceof Error && Reflect.get(error, 'details');
  return typeof details === 'object' && details && Reflect.get(details, 'reason');
};

function faultOf(error: unknown): Fault {
  const code: unknown = error instanceof Error && Reflect.get(error, 'code');
  if (code === 'fetch/refused') return 'address';
  return detailOf(error) === 'too large' ? 'too-much' : 'unreachable';
}
