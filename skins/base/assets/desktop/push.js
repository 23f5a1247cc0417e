/**
 * Has the push service of this browser tell this device of new messages while no page is open, where
 * the site wants that (Push API). Without such a service, open tabs go on telling.
 */
import { begin } from '../offline/worker.js';
import { isOn, noteNoPush, noteRenewed, pushedAccount, renewedAt } from './choice.js';

const RENEW_MS = 2 * 3_600_000;

const canPush = () => 'serviceWorker' in navigator && 'PushManager' in window;

async function post(path, fields) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? '';
  return fetch(path, {
    method: 'POST',
    headers: { Accept: 'application/json', 'X-CSRF-Token': token },
    body: new URLSearchParams({ _csrf: token, ...fields }),
  });
}

/** The key of the server; undefined where the site wants no push. */
async function serverKey() {
  if (!canPush()) return undefined;
  const answer = await fetch('/push/key', { headers: { Accept: 'application/json' } });
  return answer.ok ? (await answer.json()).key : undefined;
}

const bytesOf = (key) =>
  Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));

const isFor = ({ options }, key) =>
  options.applicationServerKey !== null &&
  bytesOf(key).every((byte, at) => byte === new Uint8Array(options.applicationServerKey)[at]);

/** `{ isOn }`, and why not where that can be told to people. */
export async function subscribe(account) {
  const key = await serverKey();
  if (key === undefined) return { isOn: false };
  const { pushManager } = await begin();
  let subscription = await pushManager.getSubscription();
  // Of another server, or of this one before its key changed.
  if (subscription && !isFor(subscription, key)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  try {
    subscription ??= await pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytesOf(key),
    });
  } catch {
    // The browser has no push service, or does not reach it: open tabs tell.
    return { isOn: false };
  }
  const { endpoint, keys } = subscription.toJSON();
  const answer = await post('/push/subscribe', { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  if (answer.ok) {
    noteRenewed(account);
    return { isOn: true };
  }
  await subscription.unsubscribe();
  const { problems = [] } = await answer.json().catch(() => ({}));
  return { isOn: false, problem: problems.map(({ text }) => text).join(' ') };
}

/** Nothing is told here any more, by the service nor the server. */
export async function unsubscribe() {
  noteNoPush();
  if (!canPush()) return;
  const registration = await navigator.serviceWorker.getRegistration('/');
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return;
  await post('/push/forget', { endpoint: subscription.endpoint }).catch(() => undefined);
  await subscription.unsubscribe();
}

/** What opens the mail changes: the server is given it anew, now and then. */
export async function renew(account) {
  const pushed = pushedAccount();
  // Somebody else sits here by now.
  if (account !== undefined && pushed !== undefined && pushed !== account) await unsubscribe();
  if (!isOn(account) || Date.now() - renewedAt(account) < RENEW_MS) return;
  // Not with each page where the site wants none.
  noteRenewed(account);
  await subscribe(account);
}
