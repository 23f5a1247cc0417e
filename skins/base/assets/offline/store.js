/**
 * What this device remembers of agents who asked that it keeps their mail, for the pages and the
 * service worker alike (IndexedDB):
 * - `state`: `account`, of whom pages are kept now, with the key of their drafts; `device`, the
 *   accounts that asked for it here, by names that tell nothing of anybody.
 * - `drafts`: `{ id, account, at, iv, sealed }`, readable with the account's key alone.
 * - `kept`: `{ key, kind, title, who, at, bytes, addresses }`, what the cache holds.
 */
const NAME = 'estafette-offline';
const VERSION = 1;

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('state');
      request.result.createObjectStore('drafts', { keyPath: 'id' });
      request.result.createObjectStore('kept', { keyPath: 'key' });
    };
    request.onsuccess = () => {
      // Another version of this program waits for the storage: it is asked for again then.
      request.result.onversionchange = () => {
        request.result.close();
        opened = undefined;
      };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** Runs `ask` on a store and resolves with its result once it is written. */
async function within(store, mode, ask) {
  const transaction = (await open()).transaction(store, mode);
  const request = ask(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const read = (store, key) => within(store, 'readonly', (it) => it.get(key));
export const readAll = (store) => within(store, 'readonly', (it) => it.getAll());
export const remove = (store, key) => within(store, 'readwrite', (it) => it.delete(key));
export const empty = (store) => within(store, 'readwrite', (it) => it.clear());
/** Changes one entry in one step: nobody else writes in between. Undefined of `change` leaves it. */
export const alter = (store, key, change) =>
  within(store, 'readwrite', (it) => {
    const request = it.get(key);
    request.onsuccess = () => {
      const changed = change(request.result);
      if (changed === undefined) return;
      if (it.keyPath === null) it.put(changed, key);
      else it.put(changed);
    };
    return request;
  });
/** `key` for the store that has no key of its own: `state`. */
export const write = (store, value, key) =>
  within(store, 'readwrite', (it) => (key === undefined ? it.put(value) : it.put(value, key)));
