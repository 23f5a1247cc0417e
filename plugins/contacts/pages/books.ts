import type { PluginResponse } from 'estafette/plugin';
import type { Book, Rights, Shared } from '../store';
import { userOfMail } from '../store/people';
import { type Desk, hrefOf, oneOf } from './common';
import { sideOf } from './list';
import { idOnce, newMark } from './once';
import { audited, tellShared } from './tell';
import { outcomeOf } from './texts';

const RIGHTS: readonly Rights[] = ['read', 'write', 'manage'];
const RIGHTS_TEXTS: Readonly<Record<Rights, string>> = {
  read: 'contacts:rights.read',
  write: 'contacts:rights.write',
  manage: 'contacts:rights.manage',
};
const SHARE_FAILURES: Readonly<Record<Exclude<Shared, 'shared' | 'changed' | 'missing'>, string>> =
  {
    mail: 'mail',
    self: 'self',
    full: 'shares',
  };

/** Books and who they are shared with. */
export async function showBooks(desk: Desk): Promise<PluginResponse> {
  const { store, person, context, request, books, accounts, t } = desk;
  const away = books.some(isRemote) ? await accounts.list(person) : [];
  const { maxCards, maxBooks } = context.config(request);
  const shown = [];
  for (const book of books) {
    const shares = (await store.shares(person, book.id)) ?? [];
    shown.push({
      ...book,
      href: hrefOf(context, '', { book: book.id }),
      rightsText: RIGHTS_TEXTS[book.rights],
      canManage: book.rights === 'manage' && !isRemote(book),
      account: away.find((one) => one.books.some(({ id }) => id === book.id))?.title ?? '',
      isRemote: isRemote(book),
      shares: shares.map((share) => ({ ...share, text: RIGHTS_TEXTS[share.rights] })),
    });
  }
  const own = books.filter((book) => book.isOwn && !isRemote(book)).length;
  return {
    view: 'books',
    title: t('contacts:books.title'),
    model: {
      side: sideOf(desk, 'books'),
      books: shown,
      maxCards,
      maxBooks,
      once: newMark(),
      isFull: own >= maxBooks,
      rights: RIGHTS.map((right) => ({ value: right, label: RIGHTS_TEXTS[right] })),
      outcome: outcomeOf(request.query),
      actions: {
        accounts: hrefOf(context, 'accounts'),
        create: hrefOf(context, 'books/create'),
        rename: hrefOf(context, 'books/rename'),
        remove: hrefOf(context, 'books/delete'),
        share: hrefOf(context, 'books/share'),
        unshare: hrefOf(context, 'books/unshare'),
        restore: hrefOf(context, 'restore'),
        undo: hrefOf(context, 'undo'),
      },
    },
  };
}

/** A book of another server is what it is there: its account is added or removed, with all of it. */
const isRemote = ({ kind }: Pick<Book, 'kind'>): boolean => kind === 'remote';
const isAway = ({ books }: Desk, asked: string): boolean =>
  books.some((book) => book.id === asked && isRemote(book));

const back = ({ context }: Desk, query: Readonly<Record<string, string>>): PluginResponse => ({
  redirect: hrefOf(context, 'books', query),
});

export async function createBook(desk: Desk): Promise<PluginResponse> {
  const { store, person, request } = desk;
  const { title = '', once } = request.body;
  const id = idOnce(once, `${person.site} ${person.user}`, title);
  const made = await store.createBook(person, { title, id });
  // Taken: by the same form, which was sent twice.
  if (made.kind === 'created' || made.reason === 'taken') return back(desk, { done: 'book' });
  return back(desk, { failed: made.reason === 'full' ? 'books' : 'title' });
}

export async function renameBook(desk: Desk): Promise<PluginResponse> {
  const { store, person, request } = desk;
  const { book = '', title = '' } = request.body;
  if (isAway(desk, book)) return { status: 403 };
  const renamed = await store.renameBook(person, book, title);
  if (renamed === 'missing') return { status: 404 };
  if (renamed === 'rights') return { status: 403 };
  return back(desk, renamed === 'renamed' ? { done: 'book' } : { failed: 'title' });
}

/** Only with the tick: a book is not deleted by a button alone. */
export async function deleteBook(desk: Desk): Promise<PluginResponse> {
  const { store, person, request } = desk;
  const { book = '', sure } = request.body;
  if (sure !== 'yes') return back(desk, {});
  if (isAway(desk, book)) return { status: 403 };
  const removed = await store.removeBook(person, book);
  if (removed.kind === 'missing') return { status: 404 };
  if (removed.kind === 'denied') return back(desk, { failed: 'kept' });
  if (removed.kind === 'removed')
    await audited(desk, 'book-deleted', { details: { book, contacts: removed.ids.length } });
  return back(desk, { done: removed.kind === 'left' ? 'bookLeft' : 'bookDeleted' });
}

/**
 * The user who has an address; `coming` for who is known here and was never there, `unsure` when the
 * directory does not say. Without a directory, an address of the site may be somebody's.
 */
async function whoHas(
  { context, request: { site } }: Desk,
  mail: string,
): Promise<number | 'coming' | 'nobody' | 'unsure'> {
  const user = await userOfMail((name) => context.db.table(name), { site, mail });
  if (user !== undefined) return user;
  // What is no address is told as that.
  const domain = mail.split('@')[1];
  if (domain === undefined) return 'coming';
  const directory = context.directory(site);
  if (!directory) return context.site(site).mailDomains.includes(domain) ? 'coming' : 'nobody';
  try {
    return (await directory.byMail([mail])).size > 0 ? 'coming' : 'nobody';
  } catch {
    return 'unsure';
  }
}

export async function shareBook(desk: Desk): Promise<PluginResponse> {
  const { store, person, request, context } = desk;
  const { book = '', mail = '' } = request.body;
  const rights = oneOf(RIGHTS, request.body['rights']) ?? 'read';
  const address = mail.trim().toLowerCase();
  const place = desk.books.find((one) => one.id === book && one.rights === 'manage');
  if (!place) return { status: 404 };
  if (isRemote(place)) return { status: 403 };
  const who = await whoHas(desk, address);
  if (who === 'nobody' || who === 'unsure') return back(desk, { failed: who });
  const shared = await store.share(person, book, address, rights);
  if (shared === 'missing') return { status: 404 };
  if (shared !== 'shared' && shared !== 'changed')
    return back(desk, { failed: SHARE_FAILURES[shared] });
  await audited(desk, 'book-shared', { target: address, details: { book, rights } });
  if (shared === 'shared' && typeof who === 'number')
    await tellShared(context, who, { owner: person.mail, title: place.title });
  return back(desk, { done: 'shared' });
}

export async function unshareBook(desk: Desk): Promise<PluginResponse> {
  const { store, person, request } = desk;
  const { book = '', share = '' } = request.body;
  if (!(await store.unshare(person, book, share))) return { status: 404 };
  await audited(desk, 'share-ended', { details: { book } });
  return back(desk, { done: 'unshared' });
}
