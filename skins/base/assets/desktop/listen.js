/**
 * Tells of new messages by notices of the system, on devices whose agent asked for them. One tab of
 * all looks, every half minute, and at once when the list of a tab hears that something changed.
 */
import { accountOfPage, isOn, keepPlace, lastLook, noteLook, readPlace } from './choice.js';
import { renew } from './push.js';
import { showNotice } from './show.js';

const NEWS = '/events/news';
const EVERY_MS = 30_000;
/** Lists change in bursts; a look costs the mail server a command or more. */
const LEAST_MS = 3_000;
/** Other tabs answer within a moment, or are asleep. */
const ASK_MS = 150;
const LOCK = 'estafette-notices';

const channel = 'BroadcastChannel' in window ? new BroadcastChannel(LOCK) : undefined;
let isOver = false;

/** The mailbox that the agent has before their eyes, in this tab. */
function inView() {
  if (document.hidden || !document.hasFocus()) return undefined;
  return document.getElementById('message-list')?.dataset.mailbox;
}

channel?.addEventListener('message', ({ data }) => {
  const mailbox = data === 'who' ? inView() : undefined;
  if (mailbox !== undefined) channel.postMessage({ mailbox });
});

/** Mailboxes that need no notice: their lists are looked at. */
async function looked() {
  const found = new Set([inView()]);
  if (!channel) return found;
  const note = ({ data }) => data?.mailbox !== undefined && found.add(data.mailbox);
  channel.addEventListener('message', note);
  channel.postMessage('who');
  await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  channel.removeEventListener('message', note);
  return found;
}

async function look(account) {
  noteLook(account);
  const before = readPlace(account);
  const asked = new URLSearchParams({ at: before });
  const answer = await fetch(`${NEWS}?${asked}`, {
    headers: { Accept: 'application/json' },
    redirect: 'error',
  });
  // Signed out, or elsewhere: the next page that is opened begins again.
  if (answer.status === 401 || answer.status === 403) isOver = true;
  // What this device remembered is of no use.
  if (answer.status === 400) keepPlace(account, '');
  if (!answer.ok) return;
  const { at, notices } = await answer.json();
  // Signed out, or given up, while the server answered.
  if (!isOn(account) || accountOfPage() !== account) return;
  // First, so that a tab that is closed meanwhile tells nothing twice.
  keepPlace(account, JSON.stringify(at));
  if (notices.length === 0) return;
  const seen = await looked();
  const icon = document.querySelector('link[rel="icon"]')?.href;
  for (const notice of notices) {
    if (!seen.has(notice.mailbox)) await showNotice({ ...notice, icon });
  }
}

/** One tab at a time; the others find that somebody has looked. */
async function lookOnce(leastMs) {
  const account = accountOfPage();
  if (isOver || !navigator.onLine || !isOn(account)) return;
  if (Date.now() - lastLook(account) < leastMs) return;
  await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock) await look(account);
  });
}

const soon = (leastMs) => lookOnce(leastMs).catch(() => undefined); // the next look tries again

setInterval(() => soon(EVERY_MS - 1_000), EVERY_MS);
document.addEventListener('turbo:load', () => {
  isOver = false;
  soon(EVERY_MS - 1_000);
  renew(accountOfPage()).catch(() => undefined); // the next page tries again
});
document.addEventListener('estafette:notices:changed', () => soon(0));
document.addEventListener('turbo:before-stream-render', ({ target }) => {
  if (target.getAttribute('target') === 'message-list') setTimeout(() => soon(LEAST_MS), 500);
});
// A notice of the push service was clicked while this tab showed mail.
navigator.serviceWorker?.addEventListener('message', ({ data }) => {
  if (data?.kind === 'open') window.Turbo?.visit(data.href);
});
