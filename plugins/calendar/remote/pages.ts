import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { type Desk, hrefOf, page } from '../pages/common';
import { sideOf } from '../pages/side';
import {
  addAccount,
  discover,
  listAccounts,
  pendingAccount,
  refreshAccount,
  removeAccount,
} from './accounts';
import type { Fault } from './types';

/** What is typed is no longer than that. */
const LIMITS = { url: 1_000, login: 254, password: 1_000, title: 200 };

/** Keys of texts, whole: a contract finds the ones that nothing uses. */
const FAULT_TEXTS: Readonly<Record<Fault, string>> = {
  password: 'calendar:account.fault.password',
  refused: 'calendar:account.fault.refused',
  unreachable: 'calendar:account.fault.unreachable',
  'not-caldav': 'calendar:account.fault.not-caldav',
  address: 'calendar:account.fault.address',
  'too-much': 'calendar:account.fault.too-much',
  nonsense: 'calendar:account.fault.nonsense',
};
const DONE_TEXTS: Readonly<Record<string, string>> = {
  added: 'calendar:account.done.added',
  password: 'calendar:account.done.password',
  refreshed: 'calendar:account.done.refreshed',
  removed: 'calendar:account.done.removed',
};
const FAILED_TEXTS: Readonly<Record<string, string>> = {
  ...FAULT_TEXTS,
  late: 'calendar:account.failed.late',
};

/** Accounts on other servers, below `/calendar/accounts`. */
export function accountRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/accounts', page(showAccounts));
  router.post('/accounts', page(find));
  router.get('/accounts/calendars', page(showFound));
  router.post('/accounts/calendars', page(add));
  router.post('/accounts/refresh', page(refresh));
  router.post('/accounts/remove', page(remove));
}

async function accountsPage(
  desk: Desk,
  typed = { url: '', login: '', problem: '' },
): Promise<PluginResponse> {
  const { request, context, person, t } = desk;
  const accounts = await listAccounts(context, person);
  const { done = '', failed = '' } = request.query;
  return {
    view: 'accounts',
    title: t('calendar:account.title'),
    status: typed.problem === '' ? 200 : 422,
    model: {
      ...typed,
      side: sideOf(desk, { current: 'accounts' }),
      limits: LIMITS,
      done: DONE_TEXTS[done] ?? '',
      failed: FAILED_TEXTS[failed] ?? '',
      accounts: accounts.map((one) => ({
        ...one,
        fault: one.fault === '' ? '' : FAULT_TEXTS[one.fault],
        asksPassword: one.fault === 'password',
      })),
      actions: {
        find: hrefOf(context, 'accounts'),
        refresh: hrefOf(context, 'accounts/refresh'),
        remove: hrefOf(context, 'accounts/remove'),
        back: hrefOf(context, 'calendars'),
      },
    },
  };
}

const showAccounts = (desk: Desk): Promise<PluginResponse> => accountsPage(desk);

const back = ({ context }: Desk, query: Readonly<Record<string, string>>): PluginResponse => ({
  redirect: hrefOf(context, 'accounts', query),
});

/** Looks for calendars on a server; the page that follows asks which of them are wanted. */
async function find(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const url = (request.body['url'] ?? '').trim();
  const login = (request.body['login'] ?? '').trim();
  const password = request.body['password'] ?? '';
  const isLong =
    url.length > LIMITS.url || login.length > LIMITS.login || password.length > LIMITS.password;
  // A password is never in a page: it is typed again.
  const again = (problem: string) =>
    accountsPage(desk, {
      url: url.slice(0, LIMITS.url),
      login: login.slice(0, LIMITS.login),
      problem,
    });
  if (url === '' || login === '' || password === '' || isLong)
    return again('calendar:account.failed.incomplete');
  const found = await discover(context, person, { url, login, password });
  if (found.kind === 'fault') return again(FAULT_TEXTS[found.fault]);
  return { redirect: hrefOf(context, 'accounts/calendars', { id: found.id }) };
}

async function choicePage(desk: Desk, id: string, problem = ''): Promise<PluginResponse> {
  const { request, context, person, t } = desk;
  const pending = await pendingAccount(context, person, id);
  if (!pending) return back(desk, id === '' ? {} : { failed: 'late' });
  const chosen = request.lists['href'] ?? [];
  return {
    view: 'account-calendars',
    title: t('calendar:account.choose'),
    status: problem === '' ? 200 : 422,
    model: {
      side: sideOf(desk, { current: 'accounts' }),
      action: hrefOf(context, 'accounts/calendars'),
      backHref: hrefOf(context, 'accounts'),
      id,
      url: pending.url,
      login: pending.login,
      problem,
      title: problem === '' ? new URL(pending.url).hostname : (request.body['title'] ?? ''),
      titleMax: LIMITS.title,
      calendars: pending.found.map((one) => ({
        ...one,
        isChosen: problem === '' || chosen.includes(one.href),
      })),
    },
  };
}

const showFound = (desk: Desk): Promise<PluginResponse> =>
  choicePage(desk, desk.request.query['id'] ?? '');

/** Adds the account with the calendars that are ticked, and reads them. */
async function add(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const { id = '' } = request.body;
  const title = (request.body['title'] ?? '').trim().slice(0, LIMITS.title);
  const hrefs = request.lists['href'] ?? [];
  if (title === '' || hrefs.length === 0)
    return choicePage(desk, id, 'calendar:account.failed.none');
  const added = await addAccount(context, person, { id, title, hrefs });
  if (added.kind === 'fault') return choicePage(desk, id, FAULT_TEXTS[added.fault]);
  return back(desk, added.kind === 'added' ? { done: 'added' } : { failed: 'late' });
}

/** Reads the calendars of an account now, with a password that changed there. */
async function refresh(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const { id = '', password } = request.body;
  const isTyped = password !== undefined;
  if (isTyped && (password === '' || password.length > LIMITS.password))
    return back(desk, { failed: 'password' });
  const done = await refreshAccount(context, person, { id, ...(isTyped && { password }) });
  if (done.kind === 'missing') return { status: 404 };
  if (done.kind === 'fault') return back(desk, { failed: done.fault });
  return back(desk, { done: isTyped ? 'password' : 'refreshed' });
}

/** Only with the tick. What is there stays there. */
async function remove(desk: Desk): Promise<PluginResponse> {
  const { request, context, person } = desk;
  const { id = '', sure } = request.body;
  if (sure !== 'yes') return back(desk, {});
  if ((await removeAccount(context, person, id)) === 'missing') return { status: 404 };
  return back(desk, { done: 'removed' });
}
