import type { PluginResponse } from 'estafette/plugin';
import { writeCard } from '../card';
import { memberOf } from '../card/member';
import { exportFile, FORMATS } from '../exchange/export-file';
import { contactOf, PAGE_CARDS, type StoredCard } from '../store';
import { copyInto } from './actions';
import { composeTo, type Desk, hrefOf, isWritable, oneOf } from './common';
import { askedOf, placeOf } from './list';

const MAIL = /^[^\s<>@,;]+@[^\s<>@,;]+$/;
/** An address of a page holds no more. */
const RECIPIENTS_MAX = 100;
const CATEGORY_CHARS = 60;

type Does = (desk: Desk, cards: readonly StoredCard[], back: Back) => Promise<PluginResponse>;
type Back = (query: Readonly<Record<string, string | number>>) => PluginResponse;

/** What is done with the contacts that are ticked; none of them is somebody else's. */
export async function changeMany(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context } = desk;
  const does = ACTIONS.get(request.body['what'] ?? '');
  if (!does) return { status: 404 };
  const place = placeOf(askedOf(desk, request.body));
  const back: Back = (query) => ({ redirect: hrefOf(context, '', { ...place, ...query }) });
  const ids = [...new Set(request.lists['card'] ?? [])].slice(0, PAGE_CARDS);
  const cards: StoredCard[] = [];
  for (const id of ids) {
    const card = await store.cardById(person, id);
    if (card) cards.push(card);
  }
  return cards.length === 0 ? back({ failed: 'none' }) : does(desk, cards, back);
}

const ACTIONS: ReadonlyMap<string, Does> = new Map<string, Does>([
  ['write', async (desk, cards, back) => writeTo(desk, cards, back)],
  ['delete', deleteAll],
  ['move', (desk, cards, back) => place(desk, cards, back, 'move')],
  ['copy', (desk, cards, back) => place(desk, cards, back, 'copy')],
  ['group', addToGroup],
  ['category', (desk, cards, back) => categorise(desk, cards, back, true)],
  ['uncategory', (desk, cards, back) => categorise(desk, cards, back, false)],
  ['export', exportAll],
]);

/** Each by their preferred address; members of a group are reached from its own card. */
function writeTo(_: Desk, cards: readonly StoredCard[], back: Back): PluginResponse {
  const mails = cards.flatMap(({ text, mails: all }) => {
    const preferred = contactOf(text)?.mails.find(({ isPreferred }) => isPreferred)?.value;
    const mail = [preferred, ...all].find((one) => one !== undefined && MAIL.test(one));
    return mail === undefined ? [] : [mail];
  });
  const each = [...new Set(mails)].slice(0, RECIPIENTS_MAX);
  return each.length === 0 ? back({ failed: 'noMail' }) : { redirect: composeTo(each) };
}

async function deleteAll(
  { store, person }: Desk,
  cards: readonly StoredCard[],
  back: Back,
): Promise<PluginResponse> {
  const { ids, undo } = await store.removeAll(
    person,
    cards.map(({ id }) => id),
  );
  const count = ids.length;
  if (count === 0) return back({ failed: 'rights' });
  return back({ done: 'deletedAll', count, undo, ...missed(cards, count) });
}

/** Into another book, or copies there; what is there already stays as it is. */
async function place(
  desk: Desk,
  cards: readonly StoredCard[],
  back: Back,
  how: 'move' | 'copy',
): Promise<PluginResponse> {
  const { request, store, person, books } = desk;
  const to = books.find((book) => book.id === request.body['to'] && isWritable(book));
  if (!to) return back({ failed: 'book' });
  let count = 0;
  for (const card of cards) {
    if (how === 'copy') {
      if ((await copyInto(desk, card, to.id))?.kind === 'created') count += 1;
    } else if ((await store.move(person, card.id, to.id)).kind === 'moved') count += 1;
  }
  if (count === 0) return back({ failed: 'nothing' });
  return back({
    done: how === 'copy' ? 'copiedAll' : 'movedAll',
    count,
    ...missed(cards, count),
  });
}

async function addToGroup(
  { request, store, person }: Desk,
  cards: readonly StoredCard[],
  back: Back,
): Promise<PluginResponse> {
  const stored = await store.cardById(person, request.body['group'] ?? '');
  const group = stored && contactOf(stored.text);
  if (!stored || group?.kind !== 'group') return back({ failed: 'group' });
  const people = cards.filter(({ kind }) => kind !== 'group').map(({ uid }) => memberOf(uid));
  const members = [...new Set([...group.members, ...people])];
  const text = writeCard({ ...group, members }, stored.text);
  const put = await store.put(person, stored.book, stored.uri, text, { ifMatch: stored.etag });
  if (put.kind === 'conflict') return back({ failed: 'changed' });
  if (put.kind !== 'updated') return back({ failed: 'rights' });
  return back({ done: 'groupedAll', count: people.length });
}

/** A category that is there already, or that nobody had, is no change. */
async function categorise(
  { request, store, person }: Desk,
  cards: readonly StoredCard[],
  back: Back,
  isAdded: boolean,
): Promise<PluginResponse> {
  const category = (request.body['label'] ?? '')
    .replace(/[\s\p{Cc},]+/gu, ' ')
    .trim()
    .slice(0, CATEGORY_CHARS);
  if (category === '') return back({ failed: 'category' });
  let count = 0;
  for (const { text, book, uri, etag } of cards) {
    const contact = contactOf(text);
    if (!contact) continue;
    const others = contact.categories.filter((one) => one !== category);
    const categories = isAdded ? [...others, category] : others;
    const isSame = contact.categories.includes(category) === isAdded;
    const put = isSame
      ? { kind: 'updated' }
      : await store.put(person, book, uri, writeCard({ ...contact, categories }, text), {
          ifMatch: etag,
        });
    if (put.kind === 'updated') count += 1;
  }
  if (count === 0) return back({ failed: 'nothing' });
  return back({
    done: isAdded ? 'categorised' : 'uncategorised',
    count,
    ...missed(cards, count),
  });
}

async function exportAll(
  desk: Desk,
  cards: readonly StoredCard[],
  back: Back,
): Promise<PluginResponse> {
  const format = oneOf(FORMATS, desk.request.body['format']) ?? 'vcard4';
  const title = desk.t('contacts:title');
  const file = await exportFile(desk, [cards], { title, format });
  return file ?? back({ failed: 'exported' });
}

/** Says that some stayed as they were. */
const missed = (cards: readonly StoredCard[], count: number): Readonly<Record<string, number>> =>
  cards.length > count ? { missed: cards.length - count } : {};
