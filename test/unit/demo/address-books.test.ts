import { type Contact, readCard } from '../../../plugins/contacts/card';
import { contactsConfig } from '../../../plugins/contacts/config';
import { demoAddressBooks } from '../../../src/demo/data/address-books';

const contacts: readonly Contact[] = demoAddressBooks.flatMap(({ cards }) => cards.map(readCard));

it('is what the plugin takes', () => {
  expect(contactsConfig.parse({ begin: demoAddressBooks }).begin).toHaveLength(2);
});

it('has nobody who could exist, and nobody twice under one uid', () => {
  const mails = contacts.flatMap((one) => one.mails.map(({ value }) => value));
  // Numbers that ARCEP keeps for fiction.
  const phones = contacts.flatMap((one) => one.phones.map(({ value }) => value));

  expect(mails.filter((mail) => !mail.endsWith('.example'))).toEqual([]);
  expect(phones.filter((phone) => !/^\+33 (?:[12] 99 00|6 99 88) \d\d \d\d$/.test(phone))).toEqual(
    [],
  );
  expect(new Set(contacts.map(({ uid }) => uid)).size).toBe(contacts.length);
});

it('has pictures, and a group of contacts that are there', () => {
  const uids = new Set(contacts.map(({ uid }) => `urn:uuid:${uid}`));
  const group = contacts.find(({ kind }) => kind === 'group');

  expect(contacts.filter(({ photo }) => photo !== undefined).length).toBeGreaterThan(5);
  expect(group?.members.length).toBeGreaterThan(2);
  expect(group?.members.filter((member) => !uids.has(member))).toEqual([]);
});
