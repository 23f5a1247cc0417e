import { randomUUID } from 'node:crypto';
import type { PluginResponse } from 'estafette/plugin';
import { writeCard } from '../card';
import { memberOf } from '../card/member';
import { contactOf, type Put, type StoredCard } from '../store';
import { type Desk, hrefOf, isWritable } from './common';

const MAIL = /^[^\s<>@,;]+@[^\s<>@,;]+$/;

/** A card to the trash; the page that follows can bring it back. */
export async function removeContact(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context } = desk;
  const card = await store.cardById(person, request.body['id'] ?? '');
  if (!card) return { status: 404 };
  const removed = await store.remove(person, card.book, card.uri);
  if (removed === 'rights') return { status: 403 };
  if (removed !== 'removed') return { redirect: hrefOf(context, '', { failed: 'changed' }) };
  return { redirect: hrefOf(context, '', { book: card.book, done: 'deleted', restore: card.id }) };
}

/** A card back from the trash. */
export async function restoreContact(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context } = desk;
  const restored = await store.restore(person, request.body['id'] ?? '');
  if (restored.kind === 'missing') return { status: 404 };
  if (restored.kind === 'restored')
    return { redirect: hrefOf(context, '', { id: restored.id, done: 'restored' }) };
  const failed = restored.kind === 'full' ? 'full' : 'twice';
  return { redirect: hrefOf(context, 'trash', { failed }) };
}

export async function favour(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context } = desk;
  const { id = '', on } = request.body;
  if (!(await store.favour(person, id, on === 'yes'))) return { status: 404 };
  return { redirect: hrefOf(context, '', { id }) };
}

/** Into another book; or a copy of it there, which is another card. */
export async function moveContact(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context, books } = desk;
  const { id = '', to = '', how } = request.body;
  const card = await store.cardById(person, id);
  const target = books.find((book) => book.id === to && isWritable(book));
  if (!card || !target) return { status: 404 };
  if (how === 'copy') {
    const copy = await copyInto(desk, card, to);
    if (copy?.kind === 'created')
      return { redirect: hrefOf(context, '', { id: copy.id, done: 'copied' }) };
    const isQuota = copy?.kind === 'refused' && copy.reason === 'quota';
    return { redirect: hrefOf(context, '', { id, failed: isQuota ? 'quota' : 'full' }) };
  }
  const moved = await store.move(person, id, to);
  switch (moved.kind) {
    case 'rights':
      return { status: 403 };
    case 'missing':
      return { status: 404 };
    case 'moved':
      return { redirect: hrefOf(context, '', { id: moved.id, done: 'moved' }) };
    case 'full':
    case 'quota':
      return { redirect: hrefOf(context, '', { id, failed: moved.kind }) };
    default:
      return { redirect: hrefOf(context, '', { id, failed: 'twice' }) };
  }
}

/** Another card that says the same in a book. */
export async function copyInto(
  { store, person }: Desk,
  { text }: StoredCard,
  to: string,
): Promise<Put | undefined> {
  const contact = contactOf(text);
  if (!contact) return undefined;
  const uid = randomUUID();
  const copy = writeCard({ ...contact, uid }, text);
  return store.put(person, to, `${uid}.vcf`, copy, { ifNoneMatch: true });
}

/** Puts a contact or an address into a group, or takes one out. */
export async function changeMember(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context } = desk;
  const { group: groupId = '', back = groupId } = request.body;
  const stored = await store.cardById(person, groupId);
  const group = stored && contactOf(stored.text);
  if (!stored || group?.kind !== 'group') return { status: 404 };
  const to = (query: Readonly<Record<string, string>>): PluginResponse => ({
    redirect: hrefOf(context, '', { id: back, ...query }),
  });
  const asked = await askedMembers(desk, group.members);
  if (!asked) return to({ failed: 'member' });
  const text = writeCard({ ...group, members: asked }, stored.text);
  const put = await store.put(person, stored.book, stored.uri, text, { ifMatch: stored.etag });
  if (put.kind === 'conflict') return to({ failed: 'changed' });
  if (put.kind !== 'updated') return to({ failed: 'rights' });
  return to({ done: 'member' });
}

/** Members as they are to be; `undefined` where nobody is meant by what was typed. */
async function askedMembers(
  { request, store, person }: Desk,
  members: readonly string[],
): Promise<readonly string[] | undefined> {
  const { remove, contact, who = '' } = request.body;
  if (remove !== undefined) return members.filter((one) => one !== remove);
  const add = (member: string) => [...members.filter((one) => one !== member), member];
  if (contact !== undefined) {
    const card = await store.cardById(person, contact);
    if (!card) return undefined;
    const member = memberOf(card.uid);
    return request.body['out'] === undefined
      ? add(member)
      : members.filter(
          (one) =>
            one !== member &&
            one !== card.uid &&
            !card.mails.some((mail) => one.toLowerCase() === `mailto:${mail}`),
        );
  }
  const typed = who.trim();
  if (typed === '' || typed.length > 254) return undefined;
  if (MAIL.test(typed)) {
    const { cards } = await store.list(person, { mails: [typed], limit: 1 });
    return add(cards[0] ? memberOf(cards[0].uid) : `mailto:${typed}`);
  }
  const { cards } = await store.list(person, { text: typed, limit: 2, kind: 'individual' });
  return cards.length === 1 && cards[0] ? add(memberOf(cards[0].uid)) : undefined;
}
