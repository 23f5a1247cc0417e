import { initialsOf, type PluginResponse, tintOf } from 'estafette/plugin';
import { FORMATS } from '../exchange/export-file';
import { FORMAT_TEXTS } from '../exchange/texts';
import { type CardRow, PAGE_CARDS } from '../store';
import { cardModel } from './card-model';
import { composeTo, type Desk, hrefOf, isWritable, nameShown } from './common';
import { listed } from './hooks';
import { photoHref } from './photo';
import { FAULT_TEXTS, outcomeOf } from './texts';

/** A page offers no more. */
const GROUPS_MAX = 200;

/** What an address of the list says. */
export function askedOf({ books }: Desk, query: Readonly<Record<string, string>>) {
  const book = books.find(({ id }) => id === query['book'])?.id ?? '';
  const view = query['view'] === 'favourites' || query['view'] === 'groups' ? query['view'] : '';
  const number = Number(query['page'] ?? '1');
  return {
    q: (query['q'] ?? '').slice(0, 200),
    book,
    view,
    category: (query['category'] ?? '').slice(0, 200),
    page: Number.isInteger(number) && number > 0 && number < 10_000 ? number : 1,
    id: query['id'] ?? '',
  };
}
type Asked = ReturnType<typeof askedOf>;

/** The words of an address that lead to the same list. */
export const placeOf = ({ q, book, view, category, page }: Asked) => ({
  q,
  book,
  view,
  category,
  page: page === 1 ? '' : page,
});

/** Places at the side; used by every page of the plugin. */
export function sideOf({ books, context, t }: Desk, current: string) {
  const link = (key: string, label: string, icon: string, href: string, count?: number) => ({
    label,
    icon,
    href,
    count: count ?? -1,
    isCurrent: key === current,
    owner: '',
  });
  const bookLink = (book: (typeof books)[number]) => ({
    ...link(
      `book ${book.id}`,
      book.title,
      'users',
      hrefOf(context, '', { book: book.id }),
      book.count,
    ),
    owner: book.owner,
  });
  const total = books.reduce((sum, { count }) => sum + count, 0);
  return {
    top: [
      link('all', t('contacts:side.all'), 'user', hrefOf(context, ''), total),
      link(
        'favourites',
        t('contacts:side.favourites'),
        'star',
        hrefOf(context, '', { view: 'favourites' }),
      ),
      link('groups', t('contacts:side.groups'), 'list', hrefOf(context, '', { view: 'groups' })),
    ],
    own: books.filter(({ isOwn, kind }) => isOwn && kind === 'personal').map(bookLink),
    shared: books.filter(({ isOwn }) => !isOwn).map(bookLink),
    remote: books.filter(({ kind }) => kind === 'remote').map(bookLink),
    tools: [
      link('books', t('contacts:side.books'), 'settings', hrefOf(context, 'books')),
      link('accounts', t('contacts:side.accounts'), 'globe', hrefOf(context, 'accounts')),
      link('collected', t('contacts:side.collected'), 'inbox', hrefOf(context, 'collected')),
      link('duplicates', t('contacts:side.duplicates'), 'filter', hrefOf(context, 'duplicates')),
      link('import', t('contacts:side.import'), 'download', hrefOf(context, 'import')),
      link('trash', t('contacts:side.trash'), 'trash', hrefOf(context, 'trash')),
    ],
  };
}

const rowModel = (desk: Desk, asked: Asked) => (row: CardRow) => ({
  id: row.id,
  name: nameShown(desk, row.name),
  detail: row.detail === '' ? (row.mails[0] ?? row.phones[0] ?? '') : row.detail,
  isGroup: row.kind === 'group',
  isFavourite: row.isFavourite,
  initials: initialsOf(row.name),
  tint: tintOf(row.mails[0] ?? row.name),
  photoHref: photoHref(desk.context, row),
  href: hrefOf(desk.context, '', { ...placeOf(asked), id: row.id }),
  isCurrent: row.id === asked.id,
});

const currentOf = ({ book, view }: Asked): string =>
  view !== '' ? view : book === '' ? 'all' : `book ${book}`;

function titleOf({ books, t }: Desk, asked: Asked): string {
  if (asked.view === 'favourites') return t('contacts:side.favourites');
  if (asked.view === 'groups') return t('contacts:side.groups');
  if (asked.category !== '') return t('contacts:list.category', { category: asked.category });
  return books.find(({ id }) => id === asked.book)?.title ?? t('contacts:side.all');
}

/** What is wrong with the account of a book of elsewhere: what is shown is then the last copy. */
async function faultOf({ accounts, person, books }: Desk, id: string) {
  if (!books.some((book) => book.id === id && book.kind === 'remote')) return undefined;
  const all = await accounts.list(person);
  const account = all.find((one) => one.books.some((book) => book.id === id));
  if (!account || account.fault === '') return undefined;
  return { text: FAULT_TEXTS[account.fault], syncedAt: account.syncedAt };
}

/** The list of contacts, and the card of one of them. */
export async function showList(desk: Desk): Promise<PluginResponse> {
  const { store, person, context, books } = desk;
  const asked = askedOf(desk, desk.request.query);
  const question = {
    book: asked.book === '' ? undefined : asked.book,
    text: asked.q,
    isFavourite: asked.view === 'favourites' ? true : undefined,
    kind: asked.view === 'groups' ? 'group' : undefined,
    category: asked.category === '' ? undefined : asked.category,
  };
  const found = await store.list(person, { ...question, offset: (asked.page - 1) * PAGE_CARDS });
  const stored = asked.id === '' ? undefined : await store.cardById(person, asked.id);
  if (asked.id !== '' && !stored) return { status: 404 };
  const card = stored && (await cardModel(desk, stored));
  const pages = Math.max(1, Math.ceil(found.total / PAGE_CARDS));
  const at = (page: number) => hrefOf(context, '', { ...placeOf({ ...asked, page }) });
  const into = books.find(({ id }) => id === asked.book) ?? books[0];
  const canAdd = into !== undefined && isWritable(into);
  const isAll = desk.request.query['select'] === 'all';
  const mails = found.cards.flatMap((row) => row.mails.slice(0, 1));
  return {
    view: 'page',
    title: card?.name ?? titleOf(desk, asked),
    model: {
      side: sideOf(desk, currentOf(asked)),
      shows: card ? 'card' : 'list',
      title: titleOf(desk, asked),
      fault: await faultOf(desk, asked.book),
      accountsHref: hrefOf(context, 'accounts'),
      asked: placeOf(asked),
      allHref: isAll ? '' : hrefOf(context, '', { ...placeOf(asked), select: 'all' }),
      noneHref: isAll ? hrefOf(context, '', placeOf(asked)) : '',
      isAll,
      bulk: found.cards.length === 0 ? undefined : await bulkModel(desk, found.cards),
      action: hrefOf(context, ''),
      total: found.total,
      rows: (await listed(desk, found.cards)).map(rowModel(desk, asked)),
      pages: {
        count: pages,
        current: asked.page,
        previous: asked.page > 1 ? at(asked.page - 1) : '',
        next: asked.page < pages ? at(asked.page + 1) : '',
      },
      addHref: canAdd ? hrefOf(context, 'edit', { book: into.id }) : '',
      addGroupHref: canAdd ? hrefOf(context, 'edit', { book: into.id, kind: 'group' }) : '',
      writeHref:
        asked.q === '' &&
        asked.view !== 'groups' &&
        asked.book !== '' &&
        mails.length > 0 &&
        mails.length <= 50
          ? composeTo(mails)
          : '',
      backHref: hrefOf(context, '', placeOf(asked)),
      outcome: outcomeOf(desk.request.query),
      actions: actionsOf(desk),
      card,
    },
  };
}

/** What may be done with contacts that are ticked; groups are those of where they stand. */
async function bulkModel(desk: Desk, cards: readonly CardRow[]) {
  const { store, person, books, context } = desk;
  const writable = new Set(books.filter(isWritable).map(({ id }) => id));
  const groups = await store.list(person, { kind: 'group', limit: GROUPS_MAX });
  return {
    action: hrefOf(context, 'bulk'),
    canChange: cards.some(({ book }) => writable.has(book)),
    targets: books.filter(isWritable).map(({ id, title }) => ({ id, title })),
    groups: groups.cards
      .filter(({ book }) => writable.has(book))
      .map(({ id, name }) => ({ id, name: nameShown(desk, name) })),
    formats: FORMATS.map((format) => ({ format, text: FORMAT_TEXTS[format] })),
  };
}

/** Where the forms of a card go. */
export const actionsOf = ({ context }: Desk) => ({
  remove: hrefOf(context, 'delete'),
  restore: hrefOf(context, 'restore'),
  undo: hrefOf(context, 'undo'),
  favourite: hrefOf(context, 'favourite'),
  move: hrefOf(context, 'move'),
  member: hrefOf(context, 'member'),
  photo: hrefOf(context, 'photo'),
});
