import { draftsHere, dropDraft, keepDraft } from './drafts.js';

const TIMEOUT_MS = 60_000;
/** The server remembers for 30 days what has left: past this, only its author sends it again. */
const SENT_MS = 25 * 86_400_000;
/** While a page holds it, the draft is that page's to save. */
export const draftLock = (id) => `estafette-draft-${id}`;

async function post(address, fields, token) {
  return fetch(address, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields).toString(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      Accept: 'application/json, text/html;q=0.9',
      'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8',
      'X-CSRF-Token': token,
    },
  });
}

/** The token of the session that is open now; undefined when none is. */
async function freshToken() {
  const response = await fetch('/compose', { headers: { Accept: 'text/html' } });
  if (response.redirected || !response.ok) return undefined;
  return /<meta name="csrf-token" content="([^"]+)"/.exec(await response.text())?.[1];
}

/**
 * Hands what was written without a network to the server, one device at a time and each draft once:
 * a sending asked twice is told again by the server, never made again. Answers what came of each:
 * `{ id, subject, what: 'sent' | 'saved' | 'forked' | 'refused' }`. Stops, keeping the rest, when the
 * server is not reached or nobody is signed in.
 */
export async function deliverDrafts(state) {
  const results = [];
  await navigator.locks.request('estafette-outgoing', { ifAvailable: true }, async (held) => {
    if (!held) return; // another tab does
    const waiting = (await draftsHere(state)).filter((one) => !one.isSaved && !one.problem);
    if (waiting.length === 0) return;
    const token = await freshToken();
    if (token === undefined) return;
    for (const draft of waiting.reverse()) {
      const result = await navigator.locks.request(
        draftLock(draft.id),
        { ifAvailable: true },
        (free) => (free ? deliver(state, draft, token) : 'busy'),
      );
      if (result === undefined) break;
      if (result !== 'busy') results.push({ id: draft.id, subject: subjectOf(draft), ...result });
    }
  });
  return results;
}

export const subjectOf = ({ fields }) =>
  fields.find(([name]) => name === 'subject')?.[1].trim() ?? '';

/** Undefined: not now, whatever the reason; tried again at the next occasion. */
async function deliver(state, draft, token) {
  if (draft.send && Date.now() - draft.at > SENT_MS) return refused(state, draft);
  const address = draft.send ?? `/compose/${encodeURIComponent(draft.id)}`;
  const fields = [['_csrf', token], ['revision', String(draft.revision)], ...draft.fields];
  let response;
  try {
    response = await post(address, fields, token);
  } catch {
    return undefined;
  }
  if (response.status === 401 || response.status === 403)
    return refusedOrLater(state, draft, response);
  if (response.status >= 500 && !draft.send) return undefined;
  const isJson = (response.headers.get('Content-Type') ?? '').includes('json');
  const data = isJson ? await response.json().catch(() => undefined) : undefined;
  if (draft.send && (response.type === 'opaqueredirect' || data?.location)) {
    await dropDraft(draft.id);
    return { what: 'sent' };
  }
  if (!draft.send && data?.revision) {
    await dropDraft(draft.id);
    return { what: data.conflictWith ? 'forked' : 'saved', id: data.id };
  }
  // The server has the text by now, and a page that says what it wants of its author.
  return refused(state, draft);
}

/** A session that ended is not a refusal of the message. */
async function refusedOrLater(state, draft, response) {
  if (response.status === 401) return undefined;
  const data = await response.json().catch(() => undefined);
  return data?.error?.code === 'request/csrf' ? undefined : refused(state, draft);
}

async function refused(state, draft) {
  await keepDraft(state, { ...draft, problem: 'refused' });
  return { what: 'refused' };
}
