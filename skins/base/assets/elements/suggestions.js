const WAIT_MS = 180;

/**
 * The list below an address field: asks the server as one types, and is walked with the arrows
 * while the focus stays in the input (ARIA combobox with a listbox).
 */
export class Suggestions {
  #input;
  #list = document.createElement('ul');
  #items = [];
  #at = -1;
  #timer;
  #request;
  #options;

  /** `options`: `{ id, label, href, purpose, isFit(item), onPick(item), onCount(n) }`. */
  constructor(input, options) {
    this.#input = input;
    this.#options = options;
    this.#list.className = 'suggestions';
    this.#list.id = options.id;
    this.#list.role = 'listbox';
    this.#list.ariaLabel = options.label;
    this.#list.hidden = true;
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-expanded', 'false');
    input.setAttribute('aria-controls', options.id);
    input.after(this.#list);
    // The press would take the focus from the input, and its blur would close the list first.
    this.#list.addEventListener('pointerdown', (event) => event.preventDefault());
    this.#list.addEventListener('click', ({ target }) => {
      const index = [...this.#list.children].indexOf(target.closest('li'));
      if (index >= 0) this.#pick(index);
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  ask(text) {
    clearTimeout(this.#timer);
    this.#request?.abort();
    const query = text.trim();
    if (query.length < 2 || query.includes('<')) {
      this.close();
      return;
    }
    this.#timer = setTimeout(() => this.#load(query), WAIT_MS);
  }

  async #load(query) {
    this.#request = new AbortController();
    const { signal } = this.#request;
    const { href, purpose = 'to', isFit = () => true } = this.#options;
    const url = `${href}?${new URLSearchParams({ q: query.slice(0, 100), for: purpose })}`;
    try {
      const response = await fetch(url, { headers: { Accept: 'application/json' }, signal });
      if (!response.ok) return;
      const { items } = await response.json();
      if (!signal.aborted) this.#show(Array.isArray(items) ? items.filter(isFit) : [], query);
    } catch {
      // No suggestion is no failure: the address can be typed in full.
    }
  }

  #show(items, query) {
    this.#items = items;
    this.#list.replaceChildren(...items.map((item, index) => this.#row(item, index, query)));
    const isOpen = items.length > 0 && document.activeElement === this.#input;
    this.#list.hidden = !isOpen;
    this.#input.setAttribute('aria-expanded', String(isOpen));
    this.#mark(isOpen ? 0 : -1);
    this.#options.onCount(items.length);
    if (isOpen) this.#place();
  }

  #row({ name, mail, source, list }, index, query) {
    const row = document.createElement('li');
    row.id = `${this.#list.id}-${index}`;
    row.role = 'option';
    const who = document.createElement('span');
    who.className = 'suggestion-who';
    const title = document.createElement('span');
    title.append(...highlighted(name || mail, query));
    who.append(title);
    // Of a list: that it is one, and of how many.
    const details = [name ? mail : '', list?.label].filter(Boolean);
    if (details.length > 0) {
      const detail = document.createElement('small');
      detail.textContent = details.join(' – ');
      who.append(detail);
    }
    const from = document.createElement('span');
    from.className = 'suggestion-source';
    from.textContent = source ?? '';
    row.append(who, from);
    return row;
  }

  /** Under what is being typed, without leaving the field's width. */
  #place() {
    const room = this.#list.offsetParent?.clientWidth ?? 0;
    const left = Math.max(0, Math.min(this.#input.offsetLeft, room - this.#list.offsetWidth));
    this.#list.style.insetInlineStart = `${left}px`;
  }

  #mark(index) {
    this.#at = index;
    for (const [at, row] of [...this.#list.children].entries()) {
      row.setAttribute('aria-selected', String(at === index));
      if (at === index) row.scrollIntoView({ block: 'nearest' });
    }
    if (index < 0) this.#input.removeAttribute('aria-activedescendant');
    else this.#input.setAttribute('aria-activedescendant', `${this.#list.id}-${index}`);
  }

  #pick(index) {
    const item = this.#items[index];
    this.close();
    if (item) this.#options.onPick(item);
  }

  /** Keys that are for the list; true when it took the key. */
  key(event) {
    if (!this.isOpen) return false;
    const count = this.#items.length;
    if (event.key === 'ArrowDown') this.#mark((this.#at + 1) % count);
    else if (event.key === 'ArrowUp') this.#mark((this.#at - 1 + count) % count);
    else if (event.key === 'Escape') this.close();
    else if ((event.key === 'Enter' || event.key === 'Tab') && this.#at >= 0) this.#pick(this.#at);
    else return false;
    return true;
  }

  close() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#list.hidden = true;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#mark(-1);
  }
}

/** The part of a name that was typed, in bold; accents are folded as the server does. */
function highlighted(text, query) {
  const fold = (value) => value.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const at = fold(text).indexOf(fold(query));
  // Folding may change lengths (ligatures): then nothing is marked rather than the wrong letters.
  if (at < 0 || fold(text).length !== text.length) return [text];
  const bold = document.createElement('b');
  bold.textContent = text.slice(at, at + query.length);
  return [text.slice(0, at), bold, text.slice(at + query.length)];
}
