import type { SiteId } from 'estafette/plugin';
import {
  createPluginTest,
  type PluginTest,
  type PluginTestOptions,
} from 'estafette/plugin/testing';
import { type Contact, EMPTY_CONTACT, writeCard } from '../card';
import type { ContactsConfig } from '../config';
import plugin from '../plugin';
import { type ContactStore, createStore, type Person, type StoredCard } from '../store';

type Options = Partial<Omit<PluginTestOptions<ContactsConfig>, 'plugin'>>;

/** A card as a page writes it. */
export const aCard = (uid: string, fields: Partial<Contact> = {}): string =>
  writeCard({ ...EMPTY_CONTACT, uid, name: uid, ...fields });

export const aPerson = (user: number, fields: Partial<Person> = {}): Person => ({
  site: 'test' as SiteId,
  user,
  mail: `agent${user}@test.example`,
  ...fields,
});

/** A picture of one point. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** All of a book. */
export async function cardsOf(
  store: ContactStore,
  person: Person,
  book: string,
): Promise<readonly StoredCard[]> {
  const all: StoredCard[] = [];
  for await (const some of store.cards(person, book)) all.push(...some);
  return all;
}

/** The plugin, started, and its store. */
export async function startContacts(
  options: Options = {},
): Promise<{ readonly test: PluginTest; readonly store: ContactStore; readonly me: Person }> {
  const test = await createPluginTest({ plugin, ...options });
  const store = storeOf(test);
  return { test, store, me: aPerson(test.user.id, { mail: test.user.mail }) };
}

/** The store of a plugin under test, over its own tables or over others. */
export const storeOf = (test: PluginTest, db: PluginTest['db'] = test.db): ContactStore =>
  createStore({
    db,
    clock: test.clock,
    // What a test writes itself is nobody's affair: hooks are heard by way of the routes.
    hooks: { emit: { guard: async () => [], action: async () => undefined } },
    config: () => test.config() as ContactsConfig, // parsed by the plugin's own schema
    site: (id) => ({
      id,
      title: 'Test',
      mailDomains: ['test.example'],
      locale: 'fr',
      timeZone: 'Europe/Paris',
    }),
    text: (locale) => (key, values) => test.text(key, locale, values as Record<string, string>),
  });
