import { parseAddress } from './addresses.js';
import { announce } from './announce.js';
import { Suggestions } from './suggestions.js';

/**
 * A field for the address of one person, in a form of a page or of a plugin (`partials/person-field`).
 * Without scripts it is a plain field for an address; with them a name is enough.
 */
class EstPerson extends HTMLElement {
  #input;
  #suggestions;
  /** An option that was gone to is meant; the first one is only marked. */
  #hasMoved = false;

  connectedCallback() {
    if (this.#input) return;
    const input = this.querySelector(':scope > input');
    this.#input = input;
    // A name may be typed, and no other kind of field may be a combobox (ARIA in HTML).
    input.type = 'text';
    input.inputMode = 'email';
    this.#suggestions = new Suggestions(input, {
      id: `${input.id}-suggestions`,
      label: input.labels[0]?.textContent ?? '',
      href: this.dataset.suggest,
      purpose: this.dataset.purpose,
      isFit: ({ mail, list }) => mail !== '' && !(list && 'people' in this.dataset),
      onPick: ({ mail }) => this.#put(mail),
      onCount: (count) => this.#sayCount(count),
    });
    input.addEventListener('input', () => {
      this.#hasMoved = false;
      this.#suggestions.ask(input.value);
      this.#check();
    });
    input.addEventListener('keydown', (event) => this.#onKey(event));
    input.addEventListener('blur', () => this.#suggestions.close());
    this.addEventListener('turbo:before-morph-element', (event) => this.#onMorph(event));
    this.#check();
  }

  /** A refresh would make the plain field of it again, without its list: only the value is taken. */
  #onMorph(event) {
    const fresh = event.detail.newElement?.querySelector(':scope > input');
    if (event.target !== this || !fresh) return;
    event.preventDefault();
    if (document.activeElement === this.#input) return;
    this.#input.value = fresh.value;
    this.#check();
  }

  #put(mail) {
    this.#input.value = mail;
    this.#check();
    announce(mail);
  }

  /** A name alone is kept in the page: the server would not know who is meant. */
  #check() {
    const text = this.#input.value.trim();
    const isFit = text === '' || parseAddress(text).isValid;
    this.#input.setCustomValidity(isFit ? '' : this.dataset.textInvalid);
  }

  #onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key === 'ArrowDown' || key === 'ArrowUp') this.#hasMoved = true;
    const isTaking = key === 'Enter' || key === 'Tab';
    // Who typed an address in full means that one, and not somebody whose address is like it.
    if (isTaking && !this.#hasMoved && parseAddress(this.#input.value.trim()).isValid) {
      this.#suggestions.close();
      return;
    }
    if (!this.#suggestions.key(event)) return;
    if (key === 'Tab') return; // takes the person, and goes on
    // Neither sends the form with Enter, nor closes a dialog around it with Escape.
    event.preventDefault();
    event.stopPropagation();
  }

  #sayCount(count) {
    const { textNone, textSuggestionsOne, textSuggestionsMany } = this.dataset;
    if (count === 0) announce(textNone);
    else announce(count === 1 ? textSuggestionsOne : textSuggestionsMany.replace('%n', count));
  }
}

customElements.define('est-person', EstPerson);
