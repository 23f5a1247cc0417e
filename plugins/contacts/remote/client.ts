import type { PluginContext, PluginHttpOptions } from 'estafette/plugin';
import { titleOf } from '../store/title';
import { hrefOf, isUnder, type Multistatus, readMultistatus } from './multistatus';
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
const ETAGS = propfind('<resourcetype/><getetag/>');
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
    const [own] = await ask(at, 'PROPFIND', { depth: '0', body: START });
    if (!own) return undefined;
    if (own.isBook) return [{ href: within(own.href, at), title: nameOf(own) }];
    let home = own.home;
    if (home === '' && own.principal !== '') {
      const principal = within(own.principal, at);
      const [who] = await ask(principal, 'PROPFIND', { depth: '0', body: START });
      home = who?.home ?? '';
    }
    if (home === '') return undefined;
    const books = await ask(within(home, at), 'PROPFIND', { depth: '1', body: BOOKS });
    return books
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
     * Every card of a book with its entity tag, `''` where the server tells none. An answer that does
     * not name the book itself (RFC 4918 9.1) says nothing of what is in it.
     */
    async etags(book: string): Promise<readonly Listed[]> {
      const rows = (await ask(book, 'PROPFIND', { depth: '1', body: ETAGS })).flatMap((row) => {
        const at = hrefOf(row.href, book);
        return at === undefined ? [] : [{ ...row, href: at }];
      });
      if (!rows.some(({ href, isCollection }) => isCollection && !isUnder(href, book)))
        throw new Faulty('nonsense');
      return rows
        .filter(({ href, isCollection }) => !isCollection && isUnder(href, book))
        .map(({ href, etag }) => ({ href, etag }));
    },

    /** Some cards whole (`addressbook-multiget`). */
    async cards(book: string, hrefs: readonly string[]) {
      const names = hrefs.map((href) => `<href>${escaped(new URL(href).pathname)}</href>`).join('');
      const body = `<?xml version="1.0" encoding="utf-8"?><C:addressbook-multiget ${NAMESPACES}><prop><getetag/><C:address-data/></prop>${names}</C:addressbook-multiget>`;
      const rows = await ask(book, 'REPORT', { depth: '1', body });
      return rows.flatMap(({ href, etag, card }) => {
        const at = hrefOf(href, book);
        // Only what was asked for.
        return at !== undefined && card !== '' && hrefs.includes(at)
          ? [{ href: at, etag, card }]
          : [];
      });
    },
  };
}

const nameOf = ({ title, href }: { readonly title: string; readonly href: string }): string =>
  titleOf(title) || titleOf(href.split('/').findLast((part) => part !== '') ?? '') || '?';

const faultOfStatus = (status: number): Fault =>
  status === 401 || status === 403 ? 'password' : status >= 500 ? 'unreachable' : 'not-carddav';

const detailOf = (error: unknown): unknown => {
  const details: unknown = error instanceof Error && Reflect.get(error, 'details');
  return typeof details === 'object' && details && Reflect.get(details, 'reason');
};

function faultOf(error: unknown): Fault {
  const code: unknown = error instanceof Error && Reflect.get(error, 'code');
  if (code === 'fetch/refused') return 'address';
  return detailOf(error) === 'too large' ? 'too-much' : 'unreachable';
}
