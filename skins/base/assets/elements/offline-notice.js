import { currentAccount, forget, isChosen, keepHere } from '../offline/account.js';
import { draftsHere } from '../offline/drafts.js';
import { deliverDrafts, subjectOf } from '../offline/outgoing.js';
import { begin, warmUp } from '../offline/worker.js';
import { announce } from './announce.js';
import { showToast } from './toast.js';

/** When a page that was shown without the network looks whether it is back, then the last again. */
const LOOK_MS = [500, 1_000, 2_000, 5_000, 10_000];

const notice = () => document.getElementById('offline');
const banner = () => document.querySelector('#main > .offline-notice');
const mark = () => document.querySelector('[data-kept-at]');
const isOff = () => !navigator.onLine || mark() !== null;

let shownText = '';
let timer;

/** Of whom this page is; undefined where nobody is signed in or the site keeps nothing. */
const accountOfPage = () => notice()?.dataset.account || undefined;

async function stateOfPage() {
  const state = await currentAccount();
  return state && state.account === accountOfPage() ? state : undefined;
}

/** Says above the page that the network is away, since when the page is as it is, what waits. */
async function show() {
  const box = notice();
  if (!box) return;
  const state = await stateOfPage().catch(() => undefined);
  const drafts = state ? await draftsHere(state).catch(() => []) : [];
  const text = textOf(box.dataset, state, drafts);
  write(box, text, state !== undefined);
  if (text !== shownText && text !== '') announce(text);
  shownText = text;
  warnAtSignOut(box.dataset, drafts);
}

/** In the page only while there is something to say: layouts go by what stands above the mail. */
function write(template, text, hasPage) {
  if (text === '') {
    banner()?.remove();
    return;
  }
  if (!banner()) {
    document.getElementById('main')?.prepend(document.importNode(template.content, true));
  }
  banner().querySelector('p').textContent = text;
  banner().querySelector('.banner-actions').hidden = !hasPage;
}

function textOf(texts, state, drafts) {
  const refused = drafts.find(({ problem }) => problem);
  const waiting = drafts.filter(({ send, problem }) => send && !problem).length;
  const kept = mark();
  if (kept?.dataset.undone) return texts.textUndone;
  if (kept?.dataset.missing) return texts.textMissing;
  if (kept) return texts.textKept.replace('%time', timeOf(kept.dataset.keptAt));
  if (isOff()) return state ? texts.textOn : texts.textOff;
  if (refused)
    return texts.textRefused.replace('%subject', subjectOf(refused) || texts.textUntitled);
  return waiting > 0 ? texts.textWaiting : '';
}

const timeOf = (at) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: notice()?.dataset.timeZone,
  }).format(new Date(at));

/** What has not left yet stays here, sealed: its author hears it before going. */
function warnAtSignOut(texts, drafts) {
  const unsaved = drafts.filter(({ isSaved }) => !isSaved).length;
  for (const button of document.querySelectorAll('[data-action="logout"]')) {
    if (unsaved > 0) button.dataset.confirm = texts.textSignOut;
    else delete button.dataset.confirm;
  }
}

/** Goes on keeping after signing in again, and forgets what is somebody else's. */
async function resume() {
  const account = accountOfPage();
  if (!account || isOff()) return;
  const state = await currentAccount();
  if (state && state.account !== account) await forget();
  if (state?.account === account || !(await isChosen(account))) return;
  if (await keepHere()) {
    await begin();
    await warmUp();
  }
}

/** Hands over what waits, and says what came of it. */
async function deliver() {
  const state = await stateOfPage();
  if (!state || isOff()) return;
  told(await deliverDrafts(state));
}

function told(results) {
  const texts = notice()?.dataset;
  if (!texts || results.length === 0) return;
  for (const { what, subject } of results) {
    const text = { sent: texts.textSent, forked: texts.textForked, saved: texts.textSaved }[what];
    if (text) showToast(text.replace('%subject', subject || texts.textUntitled), 'ok');
  }
  document.dispatchEvent(new CustomEvent('estafette:offline:delivered'));
  void show();
}

/** A page out of the cache is asked for again once somebody answers, unless one writes in it. */
async function look(tries = 0) {
  clearTimeout(timer);
  if (!mark()) return;
  const isBack = await fetch('/manifest.webmanifest', { method: 'HEAD', cache: 'no-store' })
    .then(({ status }) => status < 500)
    .catch(() => false);
  const wait = LOOK_MS[Math.min(tries, LOOK_MS.length - 1)];
  if (!isBack) timer = setTimeout(() => void look(tries + 1), wait);
  else if (document.querySelector('est-draft')) back();
  else window.location.reload();
}

function back() {
  for (const one of document.querySelectorAll('[data-kept-at]')) one.remove();
  window.dispatchEvent(new Event('estafette:back'));
  void update();
}

async function update() {
  await resume().catch(() => undefined);
  await deliver().catch(() => undefined);
  await show();
}

document.addEventListener('turbo:load', () => {
  void update();
  void look();
});
document.addEventListener('turbo:frame-load', () => void show());
window.addEventListener('offline', () => void show());
window.addEventListener('online', () => {
  void update();
  void look();
});
document.addEventListener('estafette:offline:changed', () => void show());
navigator.serviceWorker?.addEventListener('message', ({ data }) => {
  if (data?.kind === 'delivered') told(data.results);
});

// A form that reached nobody: what it was to do is not done, and the page stays.
document.addEventListener('turbo:fetch-request-error', ({ target }) => {
  const texts = notice()?.dataset;
  if (!texts || !(target instanceof HTMLFormElement)) return;
  showToast(texts.textUndone, 'danger');
});
