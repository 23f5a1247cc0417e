import { PAGES } from '../offline/account.js';
import { keptMessage } from '../offline/kept-message.js';
import { read, readAll } from '../offline/store.js';
import { isBody, isList, isMessage, keyOf } from './kept-pages.js';

const FRAME = /(<turbo-frame id="reading"[^>]*>)[\s\S]*?(<\/turbo-frame>)/;
/** 128 random bits, as the server writes the ids of its drafts. */
const newId = () => {
  const text = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};

/**
 * The page as this device has it, or the page that says what it has; undefined when it has nothing.
 * `isUndone`: a form was sent that reached nobody.
 */
export async function answerKept(request, { isUndone = false } = {}) {
  const cache = await caches.open(PAGES);
  const url = new URL(request.url);
  if (isUndone) return shown(await cache.match('/offline'), { undone: '1' });
  if (isBody(url)) return cache.match(keyOf(url));
  if (url.pathname === '/' || url.pathname === '/mail') return Response.redirect('/mail/me/INBOX');
  if (url.pathname.startsWith('/compose')) return composer(cache, url);
  const found = isMessage(url)
    ? await message(cache, url, request.headers.get('Turbo-Frame') !== null)
    : await list(cache, url);
  return found ?? shown(await cache.match('/offline'), { missing: '1' });
}

async function message(cache, url, isFrame) {
  const frame = await cache.match(keyOf(url, true));
  const page = await cache.match(keyOf(url, false));
  if (isFrame) return shown(frame ?? page);
  if (page) return shown(page);
  if (!frame) return undefined;
  // Seen in its frame alone: put into the list of its mailbox, as it was read.
  const box = url.pathname.slice(0, url.pathname.lastIndexOf('/'));
  const around = await newestList(cache, box);
  if (!around) return undefined;
  const inner = FRAME.exec(await frame.clone().text())?.[0];
  if (!inner) return undefined;
  const html = (await around.text()).replace(FRAME, () => inner);
  return shown(new Response(html, { headers: frame.headers }));
}

async function newestList(cache, box) {
  const lists = (await readAll('kept')).filter(
    ({ kind, href }) => kind === 'list' && href.split('?')[0] === box,
  );
  const [newest] = lists.sort((one, other) => other.at - one.at);
  return newest && cache.match(newest.key);
}

async function list(cache, url) {
  const exact = await cache.match(keyOf(url));
  if (exact) return shown(exact);
  return isList(url) && !url.searchParams.get('q')
    ? shown(await newestList(cache, url.pathname))
    : undefined;
}

/** An empty draft with an id of its own, or the one that the address names, filled by its page. */
async function composer(cache, url) {
  const [, , named] = url.pathname.split('/');
  const kept = await cache.match('/compose');
  const isHere = named ? await read('drafts', named) : await isAnswerable(cache, url);
  if (!kept || !isHere) return shown(await cache.match('/offline'), { missing: '1' });
  const html = await kept.clone().text();
  const id = /data-draft="([A-Za-z0-9_-]{22})"/.exec(html)?.[1];
  if (id === undefined) return undefined;
  const fresh = html.replaceAll(id, named ?? newId());
  return shown(new Response(fresh, { headers: kept.headers }));
}

/** Whether the composer can be filled: an answer needs the message, a forward its files as well. */
async function isAnswerable(cache, { searchParams }) {
  if (['forward', 'attach', 'again', 'edit'].some((name) => searchParams.has(name))) return false;
  const original = searchParams.get('reply') ?? searchParams.get('replyall');
  return original === null || (await keptMessage(cache, original)) !== undefined;
}

/** Says in the page since when it is here; its frames of messages are answered by this worker then. */
async function shown(kept, marks = {}) {
  if (!kept) return undefined;
  const at = kept.headers.get('X-Kept-At') ?? '';
  const attributes = Object.entries(marks).map(([name, value]) => ` data-${name}="${value}"`);
  const mark = `<span hidden data-kept-at="${at}"${attributes.join('')}></span>`;
  const html = (await kept.text())
    .replaceAll(
      'sandbox="allow-popups allow-popups-to-escape-sandbox"',
      // The document's own policy sandboxes it all the same; without this no worker answers for it.
      'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"',
    )
    .replace(/(<turbo-frame id="reading"[^>]*>|<main id="main"[^>]*>)/g, (tag) => tag + mark);
  const headers = new Headers(kept.headers);
  headers.set('Cache-Control', 'no-store');
  return new Response(html, { headers });
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Signing out reached nobody: what was here is gone, and the rest is said. */
export function signedOutPage({ title, text }) {
  return new Response(
    `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><main><h1>${escaped(title)}</h1><p>${escaped(text)}</p></main>`,
    {
      status: 503,
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': "default-src 'none'",
        'Cache-Control': 'no-store',
      },
    },
  );
}
