import type { PluginContext, PluginRequest, PluginResponse } from 'estafette/plugin';
import { isSeen } from '../card';
import type { ContactsConfig } from '../config';
import { type Accounts, createAccounts } from '../remote';
import { type Book, type ContactStore, createStore, type Person } from '../store';

export type Context = PluginContext<ContactsConfig>;

/** What a page works with: who asks, their books, and the store. */
export interface Desk {
  readonly request: PluginRequest;
  readonly context: Context;
  readonly person: Person;
  readonly store: ContactStore;
  /** Theirs on other servers. */
  readonly accounts: Accounts;
  readonly books: readonly Book[];
  readonly t: ReturnType<Context['text']>;
}

export type Page = (desk: Desk) => PluginResponse | Promise<PluginResponse>;

/** Runs a page for the person who is there. */
export const page =
  (run: Page) =>
  async (request: PluginRequest, context: Context): Promise<PluginResponse> => {
    const { user, site, locale, as } = request;
    if (!user) return { status: 404 };
    const person = { site, user: user.id, mail: user.mail, as };
    const store = createStore(context);
    const books = await store.books(person);
    return run({
      request,
      context,
      person,
      store,
      accounts: createAccounts(context),
      books,
      t: context.text(locale),
    });
  };

/** An address of these pages; what is empty is left out. */
export function hrefOf(
  context: Pick<Context, 'url'>,
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(name, String(value));
  const words = search.toString();
  // `/contacts/` and `/contacts` are one page.
  const at = path === '' ? context.url('').replace(/\/$/, '') : context.url(path);
  return words === '' ? at : `${at}?${words}`;
}

export const composeTo = (mails: readonly string[]): string =>
  `/compose?${new URLSearchParams({ to: mails.join(', ') }).toString()}`;

/** A name of which something can be read: a link needs a text. */
export const nameShown = ({ t }: Pick<Desk, 't'>, name: string): string =>
  isSeen(name) ? name : t('contacts:list.nameless');

export const isWritable = ({ rights }: Book): boolean => rights !== 'read';

/** A word of an address or of a form, where it is one of a list. */
export const oneOf = <T extends string>(
  all: readonly T[],
  word: string | undefined,
): T | undefined => all.find((one) => one === word);
