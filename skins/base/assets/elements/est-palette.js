import { runCommand } from './key-table.js';

const WAIT_MS = 150;
const MIN_PERSON_CHARS = 2;

const folded = (text) =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

/** Whether each word of the question begins a word of the text. */
function fits(text, query) {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const spaced = ` ${folded(text).replace(/[^\p{L}\p{N}@.]+/gu, ' ')}`;
  return words.every((word) => spaced.includes(` ${word}`));
}

/**
 * Everywhere to go and everything to do, by a few letters: a combobox with a list (ARIA APG), the
 * focus in its field all the time. Places are asked for once a page; people as one types.
 */
class EstPalette extends HTMLElement {
  #stop;
  #places;
  #people = [];
  #shown = [];
  #at = 0;
  #timer;
  #request;
  #before;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const on = (target, type, handle) => target.addEventListener(type, handle, { signal });
    on(document, 'keydown', (event) => this.#onOpenKey(event));
    on(document, 'click', (event) => this.#onOpenClick(event));
    on(this.#field, 'input', () => this.#onInput());
    on(this.#field, 'keydown', (event) => this.#onKey(event));
    on(this.#list, 'pointerdown', (event) => event.preventDefault());
    on(this.#list, 'click', ({ target }) => {
      const index = [...this.#list.children].indexOf(target.closest('[role="option"]'));
      if (index >= 0) this.#pick(index);
    });
    // A click on the backdrop lands on the dialog itself.
    on(this.#dialog, 'click', ({ target }) => target === this.#dialog && this.#dialog.close());
    on(this.#dialog, 'close', () => this.#before?.focus?.({ preventScroll: true }));
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#stop?.abort();
  }

  get #dialog() {
    return this.querySelector('dialog');
  }

  get #field() {
    return this.querySelector('input');
  }

  get #list() {
    return this.querySelector('[role="listbox"]');
  }

  #onOpenKey(event) {
    const isAsked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!isAsked || event.key.toLowerCase() !== 'k' || event.defaultPrevented) return;
    // In a text, the same keys make a link.
    if (event.target instanceof Element && event.target.closest('[contenteditable="true"]')) return;
    event.preventDefault();
    this.#open();
  }

  #onOpenClick(event) {
    const opener =
      event.target instanceof Element && event.target.closest('[data-action="palette"]');
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#open();
  }

  #open() {
    if (this.#dialog.open) return;
    if (document.querySelector('dialog[open]')) return;
    this.#before = document.activeElement;
    this.#field.value = '';
    this.#people = [];
    this.#dialog.showModal();
    this.#field.focus();
    this.#show();
    void this.#load();
  }

  async #load() {
    if (this.#places) return;
    const items = await this.#ask('');
    if (!items) return;
    this.#places = items;
    if (this.#dialog.open) this.#show();
  }

  async #ask(query, signal) {
    try {
      const url = `/commands?${new URLSearchParams({ q: query })}`;
      const response = await fetch(url, { headers: { Accept: 'application/json' }, signal });
      return response.ok ? (await response.json()).items : undefined;
    } catch {
      return undefined; // what the page itself can do is still there
    }
  }

  #onInput() {
    this.#show();
    clearTimeout(this.#timer);
    this.#request?.abort();
    const query = this.#field.value.trim();
    if (query.length < MIN_PERSON_CHARS) {
      this.#people = [];
      return;
    }
    this.#timer = setTimeout(() => void this.#findPeople(query), WAIT_MS);
  }

  async #findPeople(query) {
    this.#request = new AbortController();
    const { signal } = this.#request;
    const items = await this.#ask(query, signal);
    if (!items || signal.aborted) return;
    this.#people = items.filter(({ group }) => group === 'person');
    this.#show();
  }

  /** Of the page, with their keys: what cannot be done now is not offered. */
  #commands() {
    const template = this.querySelector('template[data-commands]').content;
    return [...template.children].map(({ dataset, textContent }) => ({
      group: 'command',
      name: dataset.command,
      label: textContent,
      hint: '',
      keys: dataset.keys,
    }));
  }

  #show() {
    const query = this.#field.value.trim();
    const all = [
      ...(this.#places ?? []).filter(({ group }) => group !== 'person'),
      ...this.#commands(),
    ];
    const found = all.filter(({ label, hint }) => fits(`${label} ${hint}`, query));
    const begins = ({ label }) => (folded(label).startsWith(folded(query)) ? 0 : 1);
    found.sort((one, other) => begins(one) - begins(other));
    const search = query === '' ? [] : [{ group: 'find', label: query, hint: '' }];
    const people = query === '' ? [] : this.#people;
    this.#shown = [...found.slice(0, 40), ...people, ...search];
    this.#list.replaceChildren(...this.#shown.map((item, index) => this.#row(item, index)));
    this.#mark(0);
    this.#tell();
  }

  #row(item, index) {
    const row = document.createElement('li');
    row.id = `palette-${index}`;
    row.role = 'option';
    const name = document.createElement('span');
    name.textContent = this.#words(item);
    row.append(name);
    if (item.hint) {
      const hint = document.createElement('small');
      hint.textContent = item.hint;
      row.append(hint);
    }
    if (item.keys) {
      const key = document.createElement('kbd');
      key.textContent = item.keys;
      row.append(key);
    }
    return row;
  }

  #words({ group, label }) {
    if (group === 'person') return this.dataset.textWrite.replace('%name', () => label);
    if (group === 'find') return this.dataset.textSearch.replace('%query', () => label);
    return label;
  }

  #mark(at) {
    const rows = [...this.#list.children];
    this.#at = rows.length === 0 ? -1 : (at + rows.length) % rows.length;
    for (const [index, row] of rows.entries()) {
      row.ariaSelected = String(index === this.#at);
    }
    const current = rows[this.#at];
    if (current) {
      this.#field.setAttribute('aria-activedescendant', current.id);
      current.scrollIntoView({ block: 'nearest' });
    } else this.#field.removeAttribute('aria-activedescendant');
  }

  #tell() {
    const { textCount, textOne, textNone } = this.dataset;
    const count = this.#shown.length;
    const text = count === 0 ? textNone : count === 1 ? textOne : textCount.replace('%n', count);
    this.querySelector('[role="status"]').textContent = text;
  }

  #onKey(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const by = steps[event.key];
    if (by !== undefined) {
      event.preventDefault();
      const last = this.#shown.length - 1;
      const isPage = Math.abs(by) > 1;
      this.#mark(isPage ? Math.min(last, Math.max(0, this.#at + by)) : this.#at + by);
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      if (this.#at >= 0) this.#pick(this.#at);
    }
  }

  #pick(index) {
    const item = this.#shown[index];
    this.#dialog.close();
    if (item.group === 'command') {
      // The focus goes back first: what is done is done to where the agent was.
      setTimeout(() => runCommand(item.name), 0);
      return;
    }
    const link = document.createElement('a');
    link.href =
      item.group === 'find' ? `/search?${new URLSearchParams({ q: item.label })}` : item.href;
    link.hidden = true;
    document.body.append(link);
    link.click();
    link.remove();
  }
}

customElements.define('est-palette', EstPalette);
