import { DraftHere } from '../offline/draft-here.js';
import { startFields } from './draft-link.js';
import { hasPending, moveDraft, refreshFiles } from './draft-move.js';
import { fieldsOf, fitsKeepalive, postForm } from './draft-saver.js';
import { DraftStatus } from './draft-status.js';
import { followIdentity } from './signature-switch.js';

/** Not more often: each save also writes the draft to the mailbox. */
const SPACING_MS = 10_000;
const RETRY_MS = 15_000;
/** Until the first save the page has no address of its own to come back to. */
const FIRST_MS = 1_000;
/** How long a text that left with the page may take to land. */
const LAND_MS = 500;
const UNSAVED = new Set(['_csrf', 'revision', 'confirm']);

/** Whether this page was reloaded: true once, later visits within it are none. */
let wasAsked = false;
function isReload() {
  const isFirst = !wasAsked;
  wasAsked = true;
  return isFirst && performance.getEntriesByType('navigation')[0]?.type === 'reload';
}

/**
 * Saves the draft while it is being written, and sends it without leaving the page before the
 * server has answered: whatever fails, the text is still there. Nothing is kept in the browser's
 * storage (shared computers).
 */
class EstDraft extends HTMLElement {
  #form;
  #status;
  #here;
  #isOff = false;
  #saved = '';
  #timer;
  #lastSave = 0;
  #running;
  #isLeaving = false;
  #listening;

  connectedCallback() {
    this.#form = this.querySelector('form');
    this.#status = new DraftStatus(this);
    this.#here = new DraftHere(this);
    this.#here.hold();
    this.#isLeaving = false;
    this.#listening = new AbortController();
    const on = (target, type, handle) =>
      target.addEventListener(type, handle, { signal: this.#listening.signal });
    on(this, 'input', () => this.#schedule());
    on(this, 'change', () => this.#schedule());
    on(this, 'estafette:compose:changed', () => {
      if (this.#isMade) this.#setAddress(this.dataset.draft); // by a file that was joined
      this.#schedule();
    });
    on(this, 'estafette:compose:recipients', () => this.#schedule());
    on(this.#form, 'submit', (event) => this.#onSubmit(event));
    on(this, 'keydown', (event) => this.#onKey(event));
    on(document, 'visibilitychange', () => this.#onVisibility());
    on(window, 'pagehide', () => this.#flush({ isLast: true }));
    on(window, 'beforeunload', (event) => this.#onUnload(event));
    on(document, 'turbo:before-visit', () => this.#flush());
    on(window, 'online', () => this.#schedule(0));
    on(window, 'estafette:back', () => this.#schedule(0));
    followIdentity(this, this.#form);
    on(this, 'change', (event) => this.#onLanguage(event));
    // The other elements fill their fields first.
    queueMicrotask(() => this.#begin());
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#listening?.abort();
    this.#here.letGo();
  }

  #begin() {
    this.#saved = this.#content();
    if (Number(this.dataset.revision) > 0) this.#setAddress(this.dataset.draft);
    this.#focusFirst();
    const isOwnPage = location.pathname.endsWith(`/${encodeURIComponent(this.dataset.draft)}`);
    if (isReload() && isOwnPage) void this.#catchUp();
    void this.#restore();
  }

  /** Words that this device has and the server has not. */
  async #restore() {
    const draft = await this.#here.restored().catch(() => undefined);
    if (draft && this.isConnected && !this.#isLeaving && !this.#isDirty) {
      this.#here.letGo();
      this.replaceWith(draft);
    }
  }

  /**
   * The words that left with the page before a reload may land after the page was made: the newer
   * text takes the place of one that nobody has touched since. Saves wait, or they would fork.
   */
  async #catchUp() {
    if (this.#running) return;
    const look = this.#look().catch(() => undefined); // the server keeps both texts then
    this.#running = look;
    const html = await look;
    if (this.#running === look) this.#running = undefined;
    if (html !== undefined && this.isConnected && !this.#isLeaving && !this.#isDirty) {
      this.#replace(html);
    }
  }

  /** The page of a newer revision, if there is one. */
  async #look() {
    await new Promise((resolve) => setTimeout(resolve, LAND_MS));
    const path = `/compose/${encodeURIComponent(this.dataset.draft)}`;
    const answer = await fetch(path, { headers: { Accept: 'text/html' } });
    if (!answer.ok) return undefined;
    const html = await answer.text();
    const next = new DOMParser().parseFromString(html, 'text/html').querySelector('est-draft');
    return Number(next?.dataset.revision) > Number(this.dataset.revision) ? html : undefined;
  }

  /** What must be read comes first; then the first thing to fill: who it is for, or the answer. */
  #focusFirst() {
    const notice = this.querySelector('[data-focus-first]');
    if (notice) notice.focus();
    const { activeElement } = document;
    if (notice || (activeElement !== document.body && activeElement?.id !== 'main')) return;
    const to = this.querySelector('#compose-to');
    if (this.#form.elements['to'].value === '') to.focus();
    else this.querySelector('est-editor').focus();
  }

  /** What is worth saving, as one string. */
  #content() {
    return JSON.stringify(fieldsOf(this.#form).filter(([name]) => !UNSAVED.has(name)));
  }

  #html() {
    return new FormData(this.#form).get('html') ?? '';
  }

  get #isDirty() {
    return this.#content() !== this.#saved;
  }

  /** Whether the server knows this draft: by a save, or by a file that was joined to it. */
  get #isMade() {
    if (Number(this.#form.elements['revision'].value) > 0) return true;
    const files =
      '[data-upload]:not([data-upload^="pending:"]), .editor-body img[src^="/compose/"]';
    return this.querySelector(files) !== null;
  }

  #schedule(asked) {
    if (this.#isLeaving || !this.isConnected) return;
    clearTimeout(this.#timer);
    // Until the draft is made, the images of what it answers are in no copy of ours.
    const usual = this.#isMade && !this.#isOff ? Number(this.dataset.seconds) * 1000 : FIRST_MS;
    const delay = asked ?? (hasPending(this) ? 0 : usual);
    const spaced = this.#isOff ? 0 : this.#lastSave + SPACING_MS - Date.now();
    this.#timer = setTimeout(() => void this.save(), Math.max(delay, spaced));
  }

  /** Saves what changed; a save under way is waited for first, since each one needs its revision. */
  async save() {
    while (this.#running) await this.#running;
    if (this.#isLeaving || !this.#isDirty) return;
    clearTimeout(this.#timer);
    this.#running = this.#save();
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  async #save() {
    this.#lastSave = Date.now();
    this.#status.saving();
    try {
      const failed = await this.#make();
      const content = this.#content();
      const savedHtml = this.#html();
      const { status, data } = failed ?? (await this.#post());
      if (status === 401) this.#status.expired();
      else if (status === 200 && data?.revision) {
        this.#saved = content;
        this.#isOff = false;
        await this.#adopt(data, savedHtml);
        void this.#here.keep({ isSaved: true }).catch(() => undefined);
        if (this.#isDirty) this.#schedule(); // written on while it was being saved
        return;
      } else this.#status.failed(data?.error?.text);
    } catch {
      await this.#keepHere();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), RETRY_MS);
  }

  /** The server is not reached: this device keeps the words where its agent asked for that. */
  async #keepHere() {
    this.#isOff = await this.#here.keep().catch(() => false);
    if (this.#isOff) this.#status.here();
    else this.#status.failed();
  }

  #post(options) {
    return postForm(this.#form, this.#form.getAttribute('action'), options);
  }

  /**
   * Making the draft copies the files of what it answers or forwards; from then on they have
   * addresses, and its text may be saved without losing its images. Answers only what went wrong.
   */
  async #make() {
    if (!hasPending(this)) return undefined;
    const { elements } = this.#form;
    const own = () => ['_csrf', 'revision'].map((name) => [name, elements[name].value]);
    const answer = await this.#post({ fields: () => [...own(), ...startFields(this.#form)] });
    if (answer.status !== 200 || !answer.data?.revision) return answer;
    elements['revision'].value = String(answer.data.revision);
    const { value } = this.querySelector('textarea[name="html"]');
    await refreshFiles(this, this.#form.getAttribute('action'), value);
    return undefined;
  }

  /** A conflict leaves the other tab its draft: this one goes on in the draft of the answer. */
  async #adopt({ id, revision, savedAt, savedOnServer, conflictWith }, savedHtml) {
    const form = this.#form;
    form.elements['revision'].value = String(revision);
    const before = `/compose/${this.dataset.draft}`;
    const after = `/compose/${encodeURIComponent(id)}`;
    this.dataset.draft = id;
    if (before !== after) {
      void this.#here.drop(before.slice('/compose/'.length));
      this.#here.hold();
      await moveDraft(this, { before, after, savedHtml }).catch(() => undefined);
    }
    this.#setAddress(id);
    this.#status.saved(savedAt, savedOnServer);
    if (conflictWith) this.#status.conflict(conflictWith);
  }

  /** A reload comes back to this draft. Turbo's own state stays with the entry. */
  #setAddress(id) {
    const path = `/compose/${encodeURIComponent(id)}`;
    // Saved behind a visit: the address is another page's by now.
    if (this.isConnected && location.pathname !== path)
      history.replaceState(history.state, '', path);
  }

  /** The page is being left; `isLast`: nothing of it runs after this. */
  #flush({ isLast = false } = {}) {
    if (this.#isLeaving || !this.#isDirty) return;
    clearTimeout(this.#timer);
    if (this.#running) {
      // Each save needs the revision of the one before.
      if (isLast) this.#flushBehind();
      else void this.#running.then(() => this.#flush());
      return;
    }
    this.#lastSave = Date.now();
    const content = this.#content();
    const savedHtml = this.#html();
    const running = this.#post({ keepalive: true })
      .then(async ({ status, data }) => {
        if (status !== 200 || !data?.revision) return;
        this.#saved = content;
        await this.#adopt(data, savedHtml);
      })
      .catch(() => undefined) // gone, or tried again by the next save
      .finally(() => {
        if (this.#running === running) this.#running = undefined;
      });
    this.#running = running;
  }

  /**
   * A save is under way whose answer nobody will read: the last words go at once, on the revision
   * that is known. If that save made another, the server keeps both texts.
   */
  #flushBehind() {
    const content = this.#content();
    void this.#post({ keepalive: true })
      .then(({ status }) => {
        if (status === 200) this.#saved = content; // the page came back from the browser's cache
      })
      .catch(() => undefined);
  }

  /** The browser checks the spelling by the language of what it checks. */
  #onLanguage({ target }) {
    if (target.name !== 'language') return;
    const editor = this.querySelector('est-editor');
    if (target.value === '') editor.removeAttribute('lang');
    else editor.lang = target.value;
    // Browsers look again at a text whose language changed once it is edited anew.
    const body = editor.querySelector('[contenteditable]');
    if (body) {
      body.spellcheck = false;
      body.spellcheck = true;
    }
  }

  #onVisibility() {
    if (document.visibilityState === 'hidden') this.#flush();
    else this.#schedule(0); // back from signing in again in another tab
  }

  /** Asked only when the text cannot leave with the page. */
  #onUnload(event) {
    if (this.#isLeaving || !this.#isDirty || fitsKeepalive(this.#form)) return;
    event.preventDefault();
  }

  #onKey(event) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    document.activeElement?.dispatchEvent(new Event('blur')); // takes the address being typed
    this.#form.requestSubmit(this.querySelector('[data-action="send"]'));
  }

  #onSubmit(event) {
    const action = event.submitter?.dataset.action;
    if (action === 'attach') return;
    if (action === 'discard' && !this.#running && !this.#isMade) {
      event.preventDefault();
      this.#isLeaving = true;
      this.querySelector('[data-action="close"]').click();
      return;
    }
    if (
      ['detach', 'discard', 'resend', 'hide-copies', 'template', 'keep-template'].includes(action)
    ) {
      if (action === 'discard') void this.#here.drop();
      this.#leaveBy(event);
      return;
    }
    event.preventDefault();
    if (action === 'send' || action === 'send-later') void this.#send(event.submitter);
    else void this.#saveNow();
  }

  async #saveNow() {
    while (this.#running) await this.#running;
    this.#saved = ''; // the button saves even what did not change
    await this.save();
  }

  /** A plain form post that leaves the page: after the save under way, which holds the revision. */
  #leaveBy(event) {
    if (this.#isLeaving) return;
    clearTimeout(this.#timer);
    if (!this.#running) {
      this.#isLeaving = true;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    void this.#running.then(() => this.#form.requestSubmit(submitter));
  }

  async #send(button) {
    if (this.#isLeaving || button.disabled) return;
    button.disabled = true;
    // Without a file that could not be joined it would be another message: its row says why.
    if (!(await this.#uploadsAreIn())) {
      this.#stay();
      return;
    }
    this.#isLeaving = true; // from here nothing is saved behind the sending
    clearTimeout(this.#timer);
    this.#status.sending();
    try {
      while (this.#running) await this.#running;
      this.#status.sending();
      const action = button.getAttribute('formaction');
      this.#onAnswer((await this.#make()) ?? (await postForm(this.#form, action)));
    } catch {
      if (!(await this.#sendLater(button).catch(() => false))) this.#status.failed();
      this.#stay();
    }
  }

  /** Without a network the device sends it once there is one: true when that is settled or said. */
  async #sendLater(button) {
    const action = button.getAttribute('formaction');
    // Tomorrow by the day on which it is sent is not tomorrow by this one.
    if (/[?&]later=(?!custom)/.test(action) || !this.#hasRecipient) {
      const isKept = await this.#here.keep();
      if (isKept)
        this.#status.failed(this.dataset[this.#hasRecipient ? 'textLater' : 'textNobody']);
      return isKept;
    }
    if (!(await this.#here.queue(action))) return false;
    this.#isLeaving = true;
    this.#saved = this.#content();
    this.#here.letGo();
    location.assign('/offline');
    return true;
  }

  get #hasRecipient() {
    const { elements } = this.#form;
    return ['to', 'cc', 'bcc'].some((name) => elements[name].value.trim() !== '');
  }

  async #uploadsAreIn() {
    const upload = this.querySelector('est-upload');
    if (!upload?.isBusy) return true;
    this.#status.waiting();
    return upload.settled();
  }

  #onAnswer({ status, isRedirect, data, html }) {
    if (isRedirect || data?.location) {
      void this.#here.drop();
      location.assign(data?.location ?? this.querySelector('[data-action="close"]').href);
      return;
    }
    if (status === 401) this.#status.expired();
    else if (data?.error || !this.#replace(html)) this.#status.failed(data?.error?.text);
    this.#stay();
  }

  #stay() {
    this.#isLeaving = false;
    for (const button of this.querySelectorAll('.compose-actions [disabled]')) {
      button.disabled = false;
    }
    this.#schedule(); // what could not be sent is saved at least
  }

  /** The page says what is to correct or to confirm: it takes this one's place. */
  #replace(html) {
    const page = new DOMParser().parseFromString(html, 'text/html');
    const next = page.querySelector('est-draft');
    if (!next) return false;
    this.replaceWith(document.importNode(next, true));
    return true;
  }
}

customElements.define('est-draft', EstDraft);
