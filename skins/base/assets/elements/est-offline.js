import { currentAccount, keepHere, keepNothing } from '../offline/account.js';
import { draftsHere, dropDraft } from '../offline/drafts.js';
import { subjectOf } from '../offline/outgoing.js';
import { readAll } from '../offline/store.js';
import { begin, canKeep, end, warmUp } from '../offline/worker.js';
import { announce } from './announce.js';

const MAX_SHOWN = 200;

/** The page that says what this device keeps, and whether it does. */
class EstOffline extends HTMLElement {
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener('click', (event) => this.#onClick(event), { signal });
    document.addEventListener('estafette:offline:delivered', () => void this.#show(), { signal });
    document.addEventListener('estafette:offline:changed', () => void this.#show(), { signal });
    void this.#show();
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  #part(name) {
    return this.querySelector(`[data-offline="${name}"]`);
  }

  async #show() {
    const state = canKeep() ? await currentAccount() : undefined;
    const isOn = state?.account === this.dataset.account;
    this.#part('unable').hidden = canKeep();
    this.#part('on').hidden = !isOn;
    this.#part('off').hidden = isOn || !canKeep();
    const drafts = isOn ? await draftsHere(state) : [];
    const pages = isOn ? await readAll('kept') : [];
    const sending = drafts.filter(({ send }) => send);
    const written = drafts.filter(({ send, isSaved }) => !send && !isSaved);
    this.#list('sending', sending, (draft) => this.#draftRow(draft));
    this.#list('drafts', written, (draft) => this.#draftRow(draft));
    const byTime = pages.sort((one, other) => other.at - one.at);
    const messages = firstOf(byTime.filter(({ kind }) => kind === 'message'));
    this.#list('messages', messages.slice(0, MAX_SHOWN), (page) => this.#pageRow(page));
    const lists = byTime.filter(({ kind, href }) => kind === 'list' && !href.includes('?'));
    this.#list('lists', lists, (page) => this.#pageRow(page));
  }

  #list(name, items, rowOf) {
    const section = this.#part(name);
    section.hidden = items.length === 0;
    section.querySelector('ul').replaceChildren(...items.map(rowOf));
  }

  #row(title, href, note) {
    const row = document.importNode(this.querySelector('template').content, true).firstElementChild;
    const link = row.querySelector('a');
    link.href = href;
    link.textContent = title || this.dataset.textUntitled;
    row.querySelector('p').textContent = note;
    return row;
  }

  #pageRow({ title, href, at }) {
    const { textSeen } = this.dataset;
    const row = this.#row(title, href, textSeen.replace('%time', this.#time(at)));
    row.querySelector('button').remove();
    return row;
  }

  #draftRow(draft) {
    const { textProblem, textWaits, textWritten } = this.dataset;
    const text = draft.problem ? textProblem : draft.send ? textWaits : textWritten;
    const time = text.replace('%time', this.#time(draft.at));
    const row = this.#row(subjectOf(draft), `/compose/${encodeURIComponent(draft.id)}`, time);
    row.dataset.draft = draft.id;
    row.querySelector('button .visually-hidden').textContent = ` – ${subjectOf(draft)}`;
    return row;
  }

  #time(at) {
    return new Intl.DateTimeFormat(document.documentElement.lang, {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone: document.getElementById('offline')?.dataset.timeZone,
    }).format(new Date(at));
  }

  #onClick({ target }) {
    const { action } = target.closest('[data-action]')?.dataset ?? {};
    if (action === 'keep-here') void this.#turnOn();
    else if (action === 'keep-nothing') void this.#turnOff();
    else if (action === 'drop-draft') void this.#drop(target.closest('[data-draft]'));
  }

  async #turnOn() {
    const failed = this.#part('failed');
    failed.hidden = true;
    const isKept = await keepHere()
      .then((state) => state && begin())
      .catch(() => undefined);
    if (!isKept) {
      failed.hidden = false;
      return;
    }
    await warmUp();
    await this.#show();
    this.#tell(this.dataset.textOn);
  }

  async #turnOff() {
    await keepNothing(this.dataset.account);
    await end();
    await this.#show();
    this.#tell(this.dataset.textOff);
  }

  #tell(text) {
    announce(text);
    this.querySelector('h1').focus();
    document.dispatchEvent(new CustomEvent('estafette:offline:changed'));
  }

  async #drop(row) {
    await dropDraft(row.dataset.draft);
    this.#tell(this.dataset.textDropped);
  }
}

/** A message that was seen both by itself and in its list is one. */
function firstOf(pages) {
  const seen = new Set();
  return pages.filter(({ href }) => !seen.has(href) && seen.add(href));
}

customElements.define('est-offline', EstOffline);
