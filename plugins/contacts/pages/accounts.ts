import type { PluginResponse } from 'estafette/plugin';
import type { Account, Fault } from '../remote/types';
import { type Desk, hrefOf } from './common';
import { sideOf } from './list';
import { audited } from './tell';
import { FAULT_TEXTS, LEFT_TEXTS, outcomeIn } from './texts';

/** What is typed is no longer than that. */
const LIMITS = { url: 1_000, login: 254, password: 1_000, title: 200 };

const OUTCOMES = {
  done: {
    added: 'contacts:accounts.done.added',
    password: 'contacts:accounts.done.password',
    removed: 'contacts:accounts.done.removed',
    refreshed: 'contacts:accounts.done.refreshed',
  },
  failed: { ...FAULT_TEXTS, late: 'contacts:accounts.failed.late' },
};

/** Which field of the form a fault is about. */
const WRONG: Readonly<Partial<Record<Fault, 'url' | 'password'>>> = {
  password: 'password',
  refused: 'url',
  'not-carddav': 'url',
  address: 'url',
  nonsense: 'url',
};

interface Typed {
  readonly form: { readonly url: string; readonly login: string };
  readonly problem: string;
  readonly wrong: string;
}
const NOTHING: Typed = { form: { url: '', login: '' }, problem: '', wrong: '' };

const accountModel =
  ({ context }: Desk) =>
  ({ id, title, url, login, syncedAt, fault, books, left, leftCount }: Account) => ({
    id,
    title,
    url,
    login,
    syncedAt,
    fault: fault === '' ? '' : FAULT_TEXTS[fault],
    asksPassword: fault === 'password',
    books: books.map((book) => ({ ...book, href: hrefOf(context, '', { book: book.id }) })),
    left: left.map(({ href, reason }) => ({ href, reason: LEFT_TEXTS[reason] })),
    leftCount,
    leftMore: leftCount - left.length,
  });

async function accountsPage(desk: Desk, typed = NOTHING): Promise<PluginResponse> {
  const { request, context, person, accounts, t } = desk;
  return {
    view: 'accounts',
    title: t('contacts:accounts.title'),
    status: typed.problem === '' ? 200 : 422,
    model: {
      ...typed,
      side: sideOf(desk, 'accounts'),
      accounts: (await accounts.list(person)).map(accountModel(desk)),
      limits: LIMITS,
      outcome: outcomeIn(OUTCOMES, request.query),
      actions: {
        find: hrefOf(context, 'accounts'),
        refresh: hrefOf(context, 'accounts/refresh'),
        password: hrefOf(context, 'accounts/password'),
        remove: hrefOf(context, 'accounts/remove'),
      },
    },
  };
}

const back = ({ context }: Desk, query: Readonly<Record<string, string>>): PluginResponse => ({
  redirect: hrefOf(context, 'accounts', query),
});

/** Accounts of the person on other servers, how they are, and a form for one more. */
export const showAccounts = (desk: Desk): Promise<PluginResponse> => accountsPage(desk);

/** Looks for books on a server; the page that follows asks which of them are wanted. */
export async function findBooks(desk: Desk): Promise<PluginResponse> {
  const { request, context, person, accounts } = desk;
  const url = (request.body['url'] ?? '').trim();
  const login = (request.body['login'] ?? '').trim();
  const password = request.body['password'] ?? '';
  // A password is never in a page: it is typed again.
  const again = (problem: string, wrong = ''): Promise<PluginResponse> =>
    accountsPage(desk, { form: { url, login }, problem, wrong });
  const isLong =
    url.length > LIMITS.url || login.length > LIMITS.login || password.length > LIMITS.password;
  if (url === '' || login === '' || password === '' || isLong)
    return again('contacts:accounts.failed.incomplete');
  const found = await accounts.discover(person, { url, login, password });
  if (found.kind === 'fault') return again(FAULT_TEXTS[found.fault], WRONG[found.fault]);
  return { redirect: hrefOf(context, 'accounts/books', { id: found.id }) };
}

async function choicePage(desk: Desk, id: string, problem = ''): Promise<PluginResponse> {
  const { request, context, person, accounts, t } = desk;
  const pending = await accounts.pending(person, id);
  if (!pending) return back(desk, { failed: 'late' });
  const { url, login, books } = pending;
  const host = URL.canParse(url) ? new URL(url).hostname : url;
  const chosen = request.lists['href'] ?? [];
  return {
    view: 'account-books',
    title: t('contacts:accounts.choose'),
    status: problem === '' ? 200 : 422,
    model: {
      side: sideOf(desk, 'accounts'),
      action: hrefOf(context, 'accounts/books'),
      backHref: hrefOf(context, 'accounts'),
      id,
      url,
      login,
      problem,
      title: problem === '' ? host : (request.body['title'] ?? '').slice(0, LIMITS.title),
      titleMax: LIMITS.title,
      books: books.map((book) => ({
        ...book,
        isChosen: problem === '' ? true : chosen.includes(book.href),
      })),
    },
  };
}

/** Which books of a server are wanted; what was found is kept for some minutes. */
export const showFound = (desk: Desk): Promise<PluginResponse> =>
  choicePage(desk, desk.request.query['id'] ?? '');

/** Adds the account with the books that are ticked, and reads them. */
export async function addAccount(desk: Desk): Promise<PluginResponse> {
  const { request, person, accounts } = desk;
  const { id = '' } = request.body;
  const title = (request.body['title'] ?? '').trim().slice(0, LIMITS.title);
  const pending = await accounts.pending(person, id);
  if (!pending) return back(desk, { failed: 'late' });
  // Only what was found: a form names no other address to ask.
  const hrefs = pending.books
    .map(({ href }) => href)
    .filter((href) => request.lists['href']?.includes(href));
  if (title === '' || hrefs.length === 0)
    return choicePage(desk, id, 'contacts:accounts.failed.none');
  const added = await accounts.add(person, { id, title, hrefs });
  if (added.kind === 'missing') return back(desk, { failed: 'late' });
  if (added.kind === 'fault') return choicePage(desk, id, FAULT_TEXTS[added.fault]);
  await audited(desk, 'account-added', { details: { account: added.id, books: hrefs.length } });
  return back(desk, { done: 'added' });
}

/** Reads the books of an account now. */
export async function refreshAccount(desk: Desk): Promise<PluginResponse> {
  const { request, person, accounts } = desk;
  const done = await accounts.refresh(person, request.body['id'] ?? '');
  if (done.kind === 'missing') return { status: 404 };
  return back(desk, done.kind === 'done' ? { done: 'refreshed' } : { failed: done.fault });
}

/** A password that changed there. */
export async function changePassword(desk: Desk): Promise<PluginResponse> {
  const { request, person, accounts } = desk;
  const { id = '', password = '' } = request.body;
  if (password === '' || password.length > LIMITS.password)
    return back(desk, { failed: 'password' });
  const done = await accounts.setPassword(person, id, password);
  if (done.kind === 'missing') return { status: 404 };
  return back(desk, done.kind === 'done' ? { done: 'password' } : { failed: done.fault });
}

/** Only with the tick. What is there stays there. */
export async function removeAccount(desk: Desk): Promise<PluginResponse> {
  const { request, person, accounts } = desk;
  const { id = '', sure } = request.body;
  if (sure !== 'yes') return back(desk, {});
  if ((await accounts.remove(person, id)) === 'missing') return { status: 404 };
  await audited(desk, 'account-removed', { details: { account: id } });
  return back(desk, { done: 'removed' });
}
