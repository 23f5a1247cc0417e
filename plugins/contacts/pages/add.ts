import { randomUUID } from 'node:crypto';
import { initialsOf, type PluginResponse, tintOf } from 'estafette/plugin';
import { contactsOf, MOST_ADDED, type Named } from '../addition';
import { type Contact, writeCard } from '../card';
import { type Desk, hrefOf, isWritable } from './common';
import { sideOf } from './list';
import { outcomeOf } from './texts';

const MAIL = /^[^\s<>@,]+@[^\s<>@,]+$/;

const mailsOf = (written: readonly string[]): readonly string[] =>
  [...new Set(written.map((mail) => mail.trim().toLowerCase()))]
    .filter((mail) => MAIL.test(mail) && mail.length <= 254)
    .slice(0, MOST_ADDED);

/** People whom another page names by their addresses, before they are added. */
export async function showAdd(desk: Desk): Promise<PluginResponse> {
  const { request, context, store, person, books, t } = desk;
  const mails = mailsOf((request.query['mails'] ?? '').split(','));
  const { cards } = await store.list(person, { mails, limit: 500 });
  const contacts = await contactsFor(
    desk,
    mails.map((mail) => ({ name: '', mail })),
  );
  const people = contacts.map((contact, at) => {
    const mail = mails[at] ?? '';
    const card = cards.find((one) => one.mails.includes(mail));
    return {
      mail,
      name: contact.name,
      detail: [contact.title, contact.unit].filter((one) => one !== '').join(' – '),
      initials: initialsOf(contact.name),
      tint: tintOf(mail),
      photoHref: '',
      isGroup: false,
      href: card ? hrefOf(context, '', { id: card.id }) : '',
    };
  });
  return {
    view: 'add',
    title: t('contacts:add.title'),
    model: {
      side: sideOf(desk, 'add'),
      action: hrefOf(context, 'add'),
      mails: mails.join(','),
      people,
      fresh: people.filter(({ href }) => href === '').length,
      books: books.filter(isWritable).map(({ id, title }) => ({ id, title })),
      outcome: outcomeOf(request.query),
      actions: { restore: hrefOf(context, 'restore'), undo: hrefOf(context, 'undo') },
    },
  };
}

/** Adds those that are ticked to a book. */
export async function addChosen(desk: Desk): Promise<PluginResponse> {
  const { request, context, books } = desk;
  const { mails = '' } = request.body;
  const back = (query: Readonly<Record<string, string | number>>): PluginResponse => ({
    redirect: hrefOf(context, 'add', { mails, ...query }),
  });
  const chosen = mailsOf(request.lists['mail'] ?? []);
  if (chosen.length === 0) return back({ failed: 'none' });
  const book = books.find((one) => one.id === request.body['book'] && isWritable(one));
  if (!book) return back({ failed: 'book' });
  const people = chosen.map((mail) => ({ name: '', mail }));
  const count = await addPeople(desk, book.id, people);
  return back(count === 0 ? { failed: 'nothing' } : { done: 'added', count });
}

const contactsFor = async (
  { context, person: { site, user, as } }: Desk,
  people: readonly Named[],
): Promise<readonly Contact[]> => {
  const found = await contactsOf(context, { site, user, ...(as && { as }) }, people);
  return found.map((contact, at) => {
    const made = [contact.prefix, contact.given, contact.family].filter((part) => part !== '');
    return { ...contact, name: contact.name || made.join(' ') || (people[at]?.mail ?? '') };
  });
};

/** Contacts of people who are in no book yet; how many were made. */
export async function addPeople(
  desk: Desk,
  book: string,
  people: readonly Named[],
): Promise<number> {
  const { store, person } = desk;
  const mails = people.map(({ mail }) => mail);
  const { cards } = await store.list(person, { mails, limit: 500 });
  const isKnown = ({ mail }: Named): boolean =>
    cards.some((card) => card.mails.includes(mail.toLowerCase()));
  const fresh = await contactsFor(
    desk,
    people.filter((one) => !isKnown(one)),
  );
  let count = 0;
  for (const contact of fresh) {
    const uid = randomUUID();
    const text = writeCard({ ...contact, uid });
    const put = await store.put(person, book, `${uid}.vcf`, text, { ifNoneMatch: true });
    if (put.kind === 'created') count += 1;
  }
  return count;
}
