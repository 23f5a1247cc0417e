import { alter, empty, read, remove, write } from './store.js';

/** Pages of the one account that this device keeps mail of. */
export const PAGES = 'estafette-kept';
const HOUR_MS = 3_600_000;

/**
 * Of whom this device keeps mail now: `{ account, key, until, hours, messages, signedOut }`; undefined when of
 * nobody, or when the device has not met the server for too long.
 */
export async function currentAccount() {
  const state = await read('state', 'account').catch(() => undefined); // storage turned off
  if (!state) return undefined;
  if (state.until > Date.now()) return state;
  await forget();
  return undefined;
}

const chosen = async () => (await read('state', 'device')) ?? [];

/** Whether the agent of `account` asked that this device keeps their mail. */
export const isChosen = async (account) => (await chosen()).includes(account);

/**
 * Begins, or goes on after signing in again. Null when the site does not allow it, or nobody is
 * signed in; rejects when the server is not reached.
 */
export async function keepHere() {
  const response = await fetch('/offline/key', { headers: { Accept: 'application/json' } });
  if (!response.ok) return null;
  const { account, key, hours, messages, signedOut } = await response.json();
  const before = await read('state', 'account');
  if (before && before.account !== account) await forget();
  const bytes = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (one) =>
    one.charCodeAt(0),
  );
  const state = {
    account,
    // Not to be read out again: whoever gets at this page can use it, and never take it along.
    key: await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']),
    until: Date.now() + hours * HOUR_MS,
    hours,
    messages,
    signedOut,
  };
  await write('state', state, 'account');
  await write('state', [...new Set([...(await chosen()), account])], 'device');
  return state;
}

/** The server was met as this account: kept pages open for a while again. */
export async function met(state) {
  const until = Date.now() + state.hours * HOUR_MS;
  // Not with each page: an hour more or less is the same.
  if (until - state.until < HOUR_MS / 60) return;
  // Who has signed out meanwhile does not come back.
  await alter('state', 'account', (now) =>
    now?.account === state.account ? { ...now, until } : undefined,
  );
}

/**
 * Nothing of anybody's can be read here any more. What was written and has not left stays, sealed,
 * for its author: the key comes back with them.
 */
export async function forget() {
  await remove('state', 'account');
  await empty('kept');
  await caches.delete(PAGES);
}

/** The agent no longer wants anything of theirs on this device, unsent drafts included. */
export async function keepNothing(account) {
  await forget();
  await empty('drafts');
  await write(
    'state',
    (await chosen()).filter((one) => one !== account),
    'device',
  );
}
