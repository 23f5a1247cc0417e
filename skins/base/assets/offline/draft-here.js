import { currentAccount, PAGES } from './account.js';
import { draftHere, dropDraft, keepDraft } from './drafts.js';
import { filledDraft } from './fill-draft.js';
import { draftLock } from './outgoing.js';
import { answerFields } from './reply-draft.js';
import { handOverLater } from './worker.js';

const UNKEPT = new Set(['_csrf', 'revision']);

/** The draft that a page holds, as its device keeps it while there is no network. */
export class DraftHere {
  #page;
  #release;

  constructor(page) {
    this.#page = page;
  }

  /** While the page stands, nobody else hands its draft over. */
  hold() {
    this.letGo();
    if (!navigator.locks) return;
    const held = new Promise((resolve) => {
      this.#release = resolve;
    });
    void navigator.locks.request(draftLock(this.#page.dataset.draft), () => held);
  }

  letGo() {
    this.#release?.();
    this.#release = undefined;
  }

  async #state() {
    const account = document.getElementById('offline')?.dataset.account;
    const state = await currentAccount().catch(() => undefined);
    return state && state.account === account ? state : undefined;
  }

  /**
   * The draft with what this device has of it, where that is more than the page: one that was made
   * without the network, or whose last words the server never got. Undefined when there is nothing.
   */
  async restored() {
    const state = await this.#state();
    if (!state || this.#page.dataset.restored) return undefined;
    const draft = await draftHere(state, this.#page.dataset.draft);
    const isKeptPage = document.querySelector('[data-kept-at]') !== null;
    if (draft) {
      const isNews = isKeptPage || (!draft.isSaved && draft.revision === this.#revision());
      return isNews ? filledDraft(this.#page, draft.fields, draft.revision) : undefined;
    }
    if (!isKeptPage) return undefined;
    const query = new URLSearchParams(window.location.search);
    const fields = await answerFields(query, { cache: await caches.open(PAGES), page: this.#page });
    return fields && filledDraft(this.#page, fields, 0);
  }

  #revision() {
    return Number(this.#page.dataset.revision);
  }

  /** Keeps what is written now. True when it is kept: without the agent's wish nothing is. */
  async keep({ isSaved = false, send } = {}) {
    const state = await this.#state();
    if (!state) return false;
    const form = this.#page.querySelector('form');
    const fields = [...new FormData(form)].filter(
      ([name, value]) => typeof value === 'string' && !UNKEPT.has(name),
    );
    const revision = Number(form.elements['revision'].value);
    const { draft: id } = this.#page.dataset;
    await keepDraft(state, { id, revision, fields, isSaved, ...(send && { send }) });
    document.dispatchEvent(new CustomEvent('estafette:offline:changed'));
    return true;
  }

  /** Sends it once there is a network. */
  async queue(address) {
    if (!(await this.keep({ send: address }))) return false;
    await handOverLater();
    return true;
  }

  async drop(id = this.#page.dataset.draft) {
    await dropDraft(id).catch(() => undefined); // storage turned off: nothing was kept
  }
}
