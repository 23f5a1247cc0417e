import { currentAccount, forget, met } from '../offline/account.js';
import { deliverDrafts } from '../offline/outgoing.js';
import { answerKept, signedOutPage } from './kept-answers.js';
import { isKept, isPageOf, keepAsset, keepPage, keptAsset, warm } from './kept-pages.js';
import { endPush } from './push.js';

const HEADER = 'X-Estafette-Account';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => {
  // The network is asked while this worker still starts.
  event.waitUntil(
    Promise.all([self.clients.claim(), self.registration.navigationPreload?.enable()]),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === 'POST' && url.pathname === '/logout') {
    event.respondWith(signOut(request));
    return;
  }
  if (request.method === 'POST' && request.mode === 'navigate') {
    event.respondWith(fetch(request).catch(() => answerKept(request, { isUndone: true })));
    return;
  }
  if (request.method !== 'GET') return;
  if (url.pathname.startsWith('/assets/')) event.respondWith(asset(event));
  else if (isPageOf(request, url)) event.respondWith(page(event));
});

/** Whatever the server answers, nothing stays here. */
async function signOut(request) {
  const state = await currentAccount();
  const answer = fetch(request);
  answer.catch(() => undefined); // told below
  await endPush().catch(() => undefined); // the server forgets it as well
  await forget().catch(() => undefined); // storage turned off: nothing was kept
  if (!state) return answer;
  return answer.catch(() => signedOutPage(state.signedOut));
}

async function asset(event) {
  const kept = await keptAsset(event.request);
  if (kept) return kept;
  const response = await fetch(event.request);
  event.waitUntil(keepAsset(event.request, response.clone()));
  return response;
}

async function page(event) {
  const state = currentAccount();
  let response;
  try {
    response = (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (error) {
    const isVisit = (event.request.headers.get('Accept') ?? '').includes('application/xhtml+xml');
    // Scripts that ask for a page want the server's, or to hear that it is not there.
    const kept = isVisit && (await state) && (await answerKept(event.request));
    if (kept) return kept;
    throw error;
  }
  // A copy holds what is not read of it in memory: there is none of a long file.
  const copy = isKept(event.request, response) ? response.clone() : undefined;
  event.waitUntil(after(event.request, response.headers.get(HEADER), copy, state));
  return response;
}

/** Of whom an answer is decides what stays: of another, or of nobody, nothing does. */
async function after(request, account, copy, given) {
  const state = await given;
  if (!state || account === null) return;
  if (account !== state.account) {
    await forget();
    return;
  }
  await met(state);
  if (copy) await keepPage(request, copy, state);
}

self.addEventListener('message', (event) => {
  if (event.data?.kind === 'warm') event.waitUntil(warmUp(event.data.addresses));
});

async function warmUp(addresses) {
  const state = await currentAccount();
  if (state) await warm(addresses, state);
}

// Back on the network with no page open, where the browser does that (Background Sync).
self.addEventListener('sync', (event) => {
  if (event.tag === 'estafette-outgoing') event.waitUntil(outgoing());
});

async function outgoing() {
  const state = await currentAccount();
  if (!state) return;
  const results = await deliverDrafts(state);
  for (const client of await self.clients.matchAll())
    client.postMessage({ kind: 'delivered', results });
}
