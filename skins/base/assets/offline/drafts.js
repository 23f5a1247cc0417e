import { read, readAll, remove, write } from './store.js';

const KEPT_MS = 30 * 86_400_000;
/** Drafts that the server has too; those that it has not are all kept. */
const MAX_SAVED = 20;

/**
 * A draft as this device has it: `{ id, at, revision, fields, isSaved, send?, problem? }`. `fields`
 * are names and values of its form, `send` the address that it goes to once there is a network.
 */
export async function keepDraft(state, draft) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const { id } = draft;
  const at = Date.now();
  const text = new TextEncoder().encode(JSON.stringify({ ...draft, at }));
  const sealed = await crypto.subtle.encrypt(lock(state, id, iv), state.key, text);
  await write('drafts', { id, account: state.account, at, iv, sealed });
}

/** Bound to its author and its name: no record can be passed for another. */
const lock = ({ account }, id, iv) => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(JSON.stringify([account, id])),
});

async function opened(state, { id, iv, sealed }) {
  try {
    const text = await crypto.subtle.decrypt(lock(state, id, iv), state.key, sealed);
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    return undefined; // sealed by a key that the server has given up
  }
}

/** One draft of the account; undefined when this device has not got it. */
export async function draftHere(state, id) {
  const record = await read('drafts', id);
  return record?.account === state.account ? opened(state, record) : undefined;
}

/** The account's drafts on this device, the newest first; old ones that the server has are let go. */
export async function draftsHere(state) {
  const records = (await readAll('drafts')).filter(({ account }) => account === state.account);
  const all = await Promise.all(records.map((record) => opened(state, record)));
  const drafts = all.filter(Boolean).sort((one, other) => other.at - one.at);
  const oldest = Date.now() - KEPT_MS;
  const spare = drafts.filter(({ isSaved }) => isSaved);
  const gone = spare.filter(({ at }, index) => index >= MAX_SAVED || at < oldest);
  for (const { id } of gone) await remove('drafts', id);
  return drafts.filter((draft) => !gone.includes(draft));
}

/** The draft was sent, discarded, or is the server's alone from now on. */
export const dropDraft = (id) => remove('drafts', id);
