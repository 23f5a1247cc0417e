import { currentAccount, forget, PAGES } from '../offline/account.js';
import { readAll, remove, write } from '../offline/store.js';

const ASSETS = 'estafette-assets';
const MAX_ASSETS = 120;
const MAX_LISTS = 40;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_BODIES = 12;
/** In answers and notices; what is in no page is never kept: searches, files, settings. */
const LIST = /^\/mail\/me\/[^/]+$/;
const MESSAGE = /^\/mail\/me\/[^/]+\/\d+$/;
const BODY = /^\/mail\/me\/[^/]+\/\d+\/body$/;

export const isList = (url) => LIST.test(url.pathname);
export const isMessage = (url) => MESSAGE.test(url.pathname);
export const isBody = (url) => BODY.test(url.pathname);

/** Whether a request is for a page, as opposed to a stream, a file, or data of a script. */
export function isPageOf(request, { pathname }) {
  if (/\/parts\/|\/attachments|\.(?:zip|mbox|webmanifest|js)$|\/events$/.test(pathname))
    return false;
  if (request.destination === 'iframe') return isBody({ pathname });
  const accepts = request.headers.get('Accept') ?? '';
  return (
    request.mode === 'navigate' || accepts.startsWith('text/html') || accepts.includes('turbo')
  );
}

/** The address under which a page is kept: the reading frame of a message is apart from its page. */
export function keyOf(url, isFrame = false) {
  if (isMessage(url)) return `${url.pathname}${isFrame ? '?frame' : ''}`;
  if (isBody(url)) return `${url.pathname}${url.search}`;
  return url.pathname === '/compose' ? '/compose' : `${url.pathname}${url.search}`;
}

const kindOf = (url) => {
  if (isMessage(url)) return 'message';
  if (isList(url) && !url.searchParams.get('q')) return 'list';
  if (url.pathname === '/offline') return 'page';
  return url.pathname === '/compose' && url.search === '' ? 'page' : undefined;
};

const isFrameOf = (request) => request.headers.get('Turbo-Frame') !== null;

/** Whether an answer is a page that this device keeps. */
export function isKept(request, response) {
  const kind = kindOf(new URL(request.url));
  const type = response.headers.get('Content-Type') ?? '';
  if (!kind || (isFrameOf(request) && kind !== 'message')) return false;
  return response.status === 200 && !response.redirected && type.startsWith('text/html');
}

/** Keeps a page that was just seen, with the bodies that it frames. */
export async function keepPage(request, response, state) {
  if (!isKept(request, response)) return;
  const url = new URL(request.url);
  const kind = kindOf(url);
  const html = await response.text();
  const isFrame = isFrameOf(request);
  const key = keyOf(url, isFrame);
  const cache = await caches.open(PAGES);
  await cache.put(key, keptResponse(html, response.headers));
  const bodies = kind === 'message' ? await keepBodies(cache, html, url) : [];
  await write('kept', {
    key,
    kind,
    href: url.pathname + (kind === 'list' ? url.search : ''),
    title: titleOf(html),
    at: Date.now(),
    bytes: html.length + bodies.reduce((sum, { bytes }) => sum + bytes, 0),
    bodies: bodies.map((body) => body.key),
  });
  await evict(cache, state);
  // Signed out while this was written: nothing of it stays.
  if ((await currentAccount())?.account !== state.account) await forget();
}

function keptResponse(html, headers) {
  const kept = new Headers({ 'X-Kept-At': new Date().toISOString() });
  for (const name of [
    'Content-Type',
    'Content-Security-Policy',
    'X-Frame-Options',
    'Referrer-Policy',
    'X-Content-Type-Options',
    'Cross-Origin-Opener-Policy',
  ]) {
    const value = headers.get(name);
    if (value !== null) kept.set(name, value);
  }
  return new Response(html, { headers: kept });
}

/** The documents that a message is framed in come without this worker: they are asked for here. */
async function keepBodies(cache, html, page) {
  const found = [...html.matchAll(/<iframe\b[^>]*?\ssrc="([^"]+)"/g)]
    .map(([, address]) => new URL(unescaped(address), page))
    .filter((url) => url.origin === page.origin && isBody(url))
    .slice(0, MAX_BODIES);
  const kept = [];
  for (const url of found) {
    const key = keyOf(url);
    const response = await fetch(url, { headers: { Accept: 'text/html' } }).catch(() => undefined);
    if (!response?.ok || response.redirected) continue;
    const text = await response.text();
    await cache.put(key, keptResponse(text, response.headers));
    kept.push({ key, bytes: text.length });
  }
  return kept;
}

const unescaped = (text) =>
  text
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** The subject of a message, or the name of a page. */
function titleOf(html) {
  const subject = /data-message-subject[^>]*>([^<]*)</.exec(html)?.[1];
  const title = subject ?? /<title>(.*?)(?: – [^<]*)?<\/title>/.exec(html)?.[1] ?? '';
  return unescaped(title).trim();
}

/** The oldest go first, when there are too many or they take too much room. */
async function evict(cache, { messages }) {
  const all = (await readAll('kept')).sort((one, other) => other.at - one.at);
  const room = { message: messages, list: MAX_LISTS, page: MAX_LISTS };
  let bytes = 0;
  for (const one of all) {
    bytes += one.bytes;
    room[one.kind] -= 1;
    if (room[one.kind] >= 0 && bytes <= MAX_BYTES) continue;
    await remove('kept', one.key);
    for (const key of [one.key, ...one.bodies]) await cache.delete(key);
  }
}

/** Pages that nothing works without, asked for when the device begins to keep. */
export async function warm(addresses, state) {
  for (const address of addresses) {
    const request = new Request(address, { headers: { Accept: 'text/html' } });
    const response = await fetch(request).catch(() => undefined);
    if (!response || response.headers.get('X-Estafette-Account') !== state.account) continue;
    const html = await response.clone().text();
    await keepPage(request, response, state);
    const assets = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, one]) => one);
    for (const one of new Set(assets)) {
      if (await keptAsset(one)) continue;
      const file = await fetch(one).catch(() => undefined);
      if (file) await keepAsset(one, file);
    }
  }
}

/** Files whose name changes with what is in them: the kept one is the right one. */
export async function keptAsset(request) {
  return (await caches.open(ASSETS)).match(request, { ignoreVary: true });
}

export async function keepAsset(request, response) {
  if (response.status !== 200) return;
  const cache = await caches.open(ASSETS);
  await cache.put(request, response);
  const known = await cache.keys();
  for (const old of known.slice(0, Math.max(0, known.length - MAX_ASSETS))) await cache.delete(old);
}
