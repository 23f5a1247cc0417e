import { type Contact, writeCard } from '../card';
import { type CardRow, contactOf, type StoredCard } from '../store';
import { scopeOf } from '../store/announced';
import type { Desk } from './common';

/** What hooks see of a contact, and may change. */
const fieldsOf = (contact: Contact) => ({
  name: contact.name,
  given: contact.given,
  family: contact.family,
  nickname: contact.nickname,
  organization: contact.organization,
  unit: contact.unit,
  title: contact.title,
  role: contact.role,
  note: contact.note,
  categories: contact.categories,
  mails: contact.mails,
  phones: contact.phones,
});

/** A contact as it was typed, with what plugins make of it (`contact:draft`). */
export async function drafted(
  { context, person }: Desk,
  contact: Contact,
  { op, book }: { readonly op: 'create' | 'change'; readonly book: string },
): Promise<Contact> {
  const draft = fieldsOf(contact);
  const { user } = person;
  const facts = { user, op, book, kind: contact.kind };
  const answer = await context.hooks.emit.filter(scopeOf(person), 'contact:draft', draft, facts);
  return answer === draft ? contact : { ...contact, ...answer };
}

/** Rows of a page with the names and details that plugins give them (`contact:list`). */
export async function listed(
  { context, person }: Desk,
  cards: readonly CardRow[],
): Promise<readonly CardRow[]> {
  const rows = cards.map(({ id, book, kind, name, detail, mails, phones }) => ({
    id,
    book,
    kind,
    name,
    detail,
    mails,
    phones,
  }));
  const { user } = person;
  const answer = await context.hooks.emit.filter(scopeOf(person), 'contact:list', rows, { user });
  return cards.map((card, at) => ({ ...card, ...answer[at] }));
}

/** Texts of cards that leave in a file: as they were kept, but for what plugins change (`contact:export`). */
export async function leaving(
  { context, person }: Desk,
  cards: readonly StoredCard[],
  format: string,
): Promise<readonly string[]> {
  const known = cards.flatMap(({ id, text }) => {
    const contact = contactOf(text);
    return contact ? [{ text, contact, row: { id, ...fieldsOf(contact) } }] : [];
  });
  const rows = known.map(({ row }) => row);
  const facts = { user: person.user, format };
  const answer = await context.hooks.emit.filter(scopeOf(person), 'contact:export', rows, facts);
  if (answer === rows) return cards.map(({ text }) => text);
  const of = new Map(known.map((one) => [one.row.id, one]));
  return answer.flatMap((row) => {
    const one = of.get(row.id);
    if (!one) return [];
    const { id: _, ...fields } = row;
    const isSame = JSON.stringify(one.row) === JSON.stringify({ id: row.id, ...fields });
    return [isSame ? one.text : writeCard({ ...one.contact, ...fields }, one.text)];
  });
}
