import type { PluginResponse } from 'estafette/plugin';
import { type Contact, EMPTY_CONTACT, writeCard } from '../card';
import { contactOf, digitsOf, fold, type StoredCard } from '../store';
import { cardModel } from './card-model';
import { type Desk, hrefOf, nameShown } from './common';
import type { PLAIN } from './form';
import { sideOf } from './list';
import { outcomeOf } from './texts';

/** Of one person; more at once is no person any more. */
const MERGED_MAX = 10;

/** Fields that are one text each. */
type Text = Exclude<(typeof PLAIN)[number], 'name' | 'given' | 'family' | 'note' | 'categories'>;

/** One card that loses nothing of any: the first that says something is believed. */
export function joinContacts(contacts: readonly Contact[]): Contact {
  const first = (key: Text): string =>
    contacts.map((one) => one[key]).find((text) => text.trim() !== '') ?? '';
  const photo = contacts.find((one) => one.photo !== undefined)?.photo;
  const notes = onceEach(
    contacts.map(({ note }) => (note.trim() === '' ? [] : [note])),
    (note) => note.trim(),
  );
  const namesake = contacts.filter(({ given, family }) => given !== '' || family !== '')[0];
  return {
    ...(contacts[0] ?? EMPTY_CONTACT),
    given: namesake?.given ?? '',
    family: namesake?.family ?? '',
    additional: first('additional'),
    prefix: first('prefix'),
    suffix: first('suffix'),
    nickname: first('nickname'),
    organization: first('organization'),
    unit: first('unit'),
    title: first('title'),
    role: first('role'),
    birthday: first('birthday'),
    anniversary: first('anniversary'),
    note: notes.join('\n\n'),
    mails: onceEach(
      contacts.map(({ mails }) => mails),
      ({ value }) => value.toLowerCase(),
    ),
    phones: onceEach(
      contacts.map(({ phones }) => phones),
      ({ value }) => digitsOf(value),
    ),
    urls: onceEach(
      contacts.map(({ urls }) => urls),
      ({ value }) => value,
    ),
    impps: onceEach(
      contacts.map(({ impps }) => impps),
      ({ value }) => value,
    ),
    addresses: onceEach(
      contacts.map(({ addresses }) => addresses),
      ({ box, extended, street, code, city, country }) =>
        fold([box, extended, street, code, city, country].join(' ')),
    ),
    categories: onceEach(
      contacts.map(({ categories }) => categories),
      fold,
    ),
    ...(photo && { photo }),
  };
}

/** Each once, as the first card has it. */
const onceEach = <T>(all: readonly (readonly T[])[], keyOf: (one: T) => string): readonly T[] => {
  const seen = new Set<string>();
  return all.flat().filter((one) => {
    const key = keyOf(one);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

/** Cards that may be one person, for somebody to look at. */
export async function showDuplicates(desk: Desk): Promise<PluginResponse> {
  const { store, person, context, request, t } = desk;
  const groups = [];
  for (const ids of await store.twins(person)) {
    const cards = [];
    for (const id of ids.slice(0, MERGED_MAX)) {
      const card = await store.cardById(person, id);
      if (card) cards.push(card);
    }
    groups.push({
      href: hrefOf(context, 'merge', { ids: cards.map(({ id }) => id).join(' ') }),
      name: nameShown(desk, cards[0]?.name ?? ''),
      cards: cards.map((card) => ({
        name: nameShown(desk, card.name),
        mails: card.mails,
        phones: card.phones,
        href: hrefOf(context, '', { id: card.id }),
      })),
    });
  }
  return {
    view: 'duplicates',
    title: t('contacts:duplicates.title'),
    model: {
      side: sideOf(desk, 'duplicates'),
      groups,
      outcome: outcomeOf(request.query),
      actions: { restore: hrefOf(context, 'restore'), undo: hrefOf(context, 'undo') },
    },
  };
}

/** The cards that an address or a form names, first the one that stays. */
async function askedCards(desk: Desk, words: string): Promise<readonly StoredCard[] | undefined> {
  const ids = [...new Set(words.split(' ').filter(Boolean))];
  if (ids.length < 2 || ids.length > MERGED_MAX) return undefined;
  const cards = [];
  for (const id of ids) {
    const card = await desk.store.cardById(desk.person, id);
    if (!card) return undefined;
    cards.push(card);
  }
  return cards;
}

const joinedText = (cards: readonly StoredCard[]): string | undefined => {
  const contacts = cards.flatMap(({ text }) => contactOf(text) ?? []);
  if (contacts.length !== cards.length) return undefined;
  return writeCard(joinContacts(contacts), cards[0]?.text);
};

/** What would be written, before it is. */
export async function showMerge(desk: Desk): Promise<PluginResponse> {
  const { context, request, t } = desk;
  if (request.query['ids'] === undefined) return { redirect: hrefOf(context, 'duplicates') };
  const cards = await askedCards(desk, request.query['ids'] ?? '');
  const [kept] = cards ?? [];
  const text = cards && joinedText(cards);
  if (!cards || !kept || text === undefined) return { status: 404 };
  const first = (id: string) => [id, ...cards.map((card) => card.id).filter((one) => one !== id)];
  return {
    view: 'merge',
    title: t('contacts:merge.title'),
    model: {
      side: sideOf(desk, 'duplicates'),
      action: hrefOf(context, 'merge'),
      backHref: hrefOf(context, 'duplicates'),
      ids: cards.map(({ id }) => id).join(' '),
      etags: cards.map(({ etag }) => etag).join(' '),
      preview: await cardModel(desk, { ...kept, text }),
      cards: cards.map((card, at) => ({
        name: nameShown(desk, card.name),
        detail: card.detail,
        mails: card.mails,
        phones: card.phones,
        isKept: at === 0,
        firstHref: hrefOf(context, 'merge', { ids: first(card.id).join(' ') }),
      })),
      outcome: outcomeOf(request.query),
      actions: { restore: hrefOf(context, 'restore'), undo: hrefOf(context, 'undo') },
    },
  };
}

const MERGE_FAILURES = {
  missing: 'rights',
  rights: 'rights',
  conflict: 'changed',
  'too-large': 'full',
  quota: 'quota',
} as const;

export async function mergeAsked(desk: Desk): Promise<PluginResponse> {
  const { context, request, store, person } = desk;
  const { ids = '', etags = '' } = request.body;
  const cards = await askedCards(desk, ids);
  const [kept] = cards ?? [];
  const text = cards && joinedText(cards);
  if (!cards || !kept || text === undefined) return { status: 404 };
  const shown = etags.split(' ');
  const merged = await store.merge(person, {
    kept: kept.id,
    text,
    etags: Object.fromEntries(cards.map(({ id }, at) => [id, shown[at] ?? ''])),
  });
  if (merged.kind === 'merged')
    return { redirect: hrefOf(context, '', { id: kept.id, done: 'merged', undo: merged.undo }) };
  return { redirect: hrefOf(context, 'merge', { ids, failed: MERGE_FAILURES[merged.kind] }) };
}

export async function undoMerge(desk: Desk): Promise<PluginResponse> {
  const { context, request, store, person } = desk;
  const undone = await store.undo(person, request.body['id'] ?? '');
  switch (undone.kind) {
    case 'missing':
      return { status: 404 };
    case 'undone':
      return { redirect: hrefOf(context, '', { done: 'undone' }) };
    case 'conflict':
      return { redirect: hrefOf(context, '', { failed: 'changed' }) };
    default:
      return { redirect: hrefOf(context, '', { failed: undone.kind }) };
  }
}
