import type { HandlerScope, PluginContext } from 'estafette/plugin';
import { type Contact, EMPTY_CONTACT } from './card';
import type { ContactsConfig } from './config';
import { hrefOf } from './pages/common';
import { writtenName } from './pages/written-name';
import { createStore, type Person } from './store';

type Context = PluginContext<ContactsConfig>;

/** Somebody as a page or a message names them. */
export interface Named {
  readonly name: string;
  readonly mail: string;
}

/** People who are added at once: their addresses stand in that of a page. */
export const MOST_ADDED = 50;

/** Where somebody is added who stands on a page of another plugin, or where they are already. */
export async function additionFor(context: Context, person: Person, people: readonly Named[]) {
  const [one, ...others] = people.slice(0, MOST_ADDED);
  if (!one) return { href: hrefOf(context, 'edit'), known: 0 };
  const mails = [one, ...others].map(({ mail }) => mail);
  const { cards } = await createStore(context).list(person, { mails, limit: 500 });
  if (others.length > 0) {
    const known = mails.filter((mail) =>
      cards.some((card) => card.mails.includes(mail.toLowerCase())),
    );
    return { href: hrefOf(context, 'add', { mails: mails.join(',') }), known: known.length };
  }
  const [card] = cards;
  return card
    ? { href: hrefOf(context, '', { id: card.id }), known: 1 }
    : { href: hrefOf(context, 'edit', { name: one.name, mail: one.mail }), known: 0 };
}

/**
 * New contacts of people: by what other plugins know of their addresses (`contact:facts`), else by
 * the names that stood beside them.
 */
export async function contactsOf(
  context: Context,
  scope: Pick<HandlerScope, 'site' | 'as'> & { readonly user: number },
  people: readonly Named[],
): Promise<readonly Contact[]> {
  const mails = people.map(({ mail }) => mail.toLowerCase()).filter((mail) => mail.includes('@'));
  const { user, ...where } = scope;
  const found =
    mails.length === 0
      ? []
      : [...(await context.hooks.emit.collect(where, 'contact:facts', { mails, user }))];
  // Of two that know an address, the first counts.
  const known = new Map(
    found.reverse().map(({ item: { mail, ...facts } }) => [mail.toLowerCase(), facts] as const),
  );
  return people.map(({ name, mail }) => ({
    ...EMPTY_CONTACT,
    ...writtenName(name),
    ...known.get(mail.toLowerCase()),
    mails: mail === '' ? [] : [{ value: mail, type: 'work' as const }],
  }));
}
