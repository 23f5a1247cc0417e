import { formatAddress, isList, isOutside, parseAddress, splitAddresses } from './addresses.js';
import { announce } from './announce.js';
import { counted, filled, membersOf, notYetIn } from './list-members.js';
import { Suggestions } from './suggestions.js';
import './outside-count.js';
import './recipient-classes.js';

/**
 * An address field as chips. The field with the name stays and holds the whole list as text, so
 * that the form is the same with and without scripts.
 */
class EstChips extends HTMLElement {
  #field;
  #input;
  #list;
  #suggestions;
  #classes = new Map();
  /** Lists that were chosen or that their address says to be one: their chips can be expanded. */
  #lists = new Map();
  #note;

  connectedCallback() {
    if (this.#field) return;
    this.#field = this.querySelector(':scope > input[name]');
    this.#build();
    for (const text of splitAddresses(this.#field.value)) this.#list.append(this.#chip(text));
    this.#sync(false);
    this.addEventListener('click', (event) => this.#onClick(event));
    this.addEventListener('keydown', (event) => this.#onKey(event));
    this.#input.addEventListener('input', () => this.#onInput());
    this.#input.addEventListener('paste', (event) => this.#onPaste(event));
    this.#input.addEventListener('blur', () => {
      this.#suggestions.close();
      this.#take();
    });
  }

  /** Addresses as `{ name, mail, isValid, isOutside }`, those still being typed left out. */
  get addresses() {
    return this.#chips().map((chip) => ({
      ...parseAddress(chip.dataset.value),
      isOutside: chip.classList.contains('is-outside'),
    }));
  }

  /** What addresses are, `{ kind, isOutside, label, list }` by address: their chips say it. */
  mark(classes) {
    for (const [mail, known] of classes) {
      this.#classes.set(mail, known);
      if (known.list && !this.#lists.has(mail)) this.#lists.set(mail, known.list);
    }
    const isMarked = ({ dataset }) => classes.has(parseAddress(dataset.value).mail.toLowerCase());
    const chips = this.#chips().filter(isMarked);
    if (chips.length === 0) return;
    // In place, one by one: who is walking through the chips keeps the focus.
    for (const chip of chips) this.#offerMembers(chip, this.#describe(chip));
    this.#sync(false);
  }

  #build() {
    const field = this.#field;
    const input = document.createElement('input');
    for (const { name, value } of [...field.attributes]) {
      if (name !== 'name' && name !== 'value') input.setAttribute(name, value);
    }
    input.value = '';
    // The label names what one types in; the field is only carried along.
    field.removeAttribute('id');
    field.type = 'hidden';
    this.#input = input;
    this.#list = document.createElement('ul');
    this.#list.className = 'chip-list';
    this.#list.ariaLabel = this.parentElement.querySelector('label')?.textContent ?? '';
    this.append(this.#list, input);
    this.classList.add('is-on');
    this.#suggestions = new Suggestions(input, {
      id: `${input.id}-suggestions`,
      label: this.#list.ariaLabel,
      href: this.dataset.suggest,
      onPick: (item) => this.#onPick(item),
      onCount: (count) => this.#sayCount(count),
    });
  }

  #onPick(item) {
    this.#input.value = '';
    if (item.mail === '') {
      // A group without an address: its members are the recipients.
      this.#sync();
      void this.#expand(item.list, item.name);
      return;
    }
    if (item.list) this.#lists.set(item.mail.toLowerCase(), item.list);
    this.#add([formatAddress(item)]);
  }

  /** Puts the members of a list in the place of its chip, or at the end; one button takes it back. */
  async #expand(list, name, chip) {
    const { textExpanded, textExpandedCut, textNobody, textExpandFailed } = this.dataset;
    try {
      const { texts, isCut } = await membersOf(list);
      const fresh = notYetIn(this.closest('est-draft') ?? this.parentElement, texts).map((text) =>
        this.#chip(text),
      );
      if (fresh.length === 0) {
        this.#tell(textNobody.replace('%name', () => name));
        return;
      }
      if (chip?.isConnected) chip.replaceWith(...fresh);
      else this.#list.append(...fresh);
      this.#sync();
      const said = counted(isCut ? textExpandedCut : textExpanded, fresh.length, name);
      this.#tell(said, () => this.#takeBack(fresh, chip, name));
    } catch {
      this.#tell(textExpandFailed.replace('%name', () => name));
    }
    this.#input.focus();
  }

  #takeBack(added, chip, name) {
    const first = added.find((one) => one.parentElement === this.#list);
    if (chip && first) first.before(chip);
    else if (chip) this.#list.append(chip);
    for (const one of added) one.remove();
    this.#sync();
    announce(this.dataset.textUndone.replace('%name', () => name));
    this.#input.focus();
  }

  /** Says below the field what became of a list, until the next change. */
  #tell(text, undo) {
    this.#note?.remove();
    const { content } = this.querySelector('template[data-chips-note]');
    this.#note = content.firstElementChild.cloneNode(true);
    this.#note.querySelector('span').textContent = text;
    const button = this.#note.querySelector('[data-chips-undo]');
    button.hidden = !undo;
    // On a small screen a field that loses the focus folds its chips: the button would slip away.
    button.addEventListener('pointerdown', (event) => event.preventDefault());
    button.addEventListener('click', () => {
      this.#note.remove();
      undo();
    });
    this.after(this.#note);
    announce(text);
  }

  #sayCount(count) {
    const { textNone, textSuggestionsOne, textSuggestionsMany } = this.dataset;
    if (count === 0) announce(textNone);
    else announce(count === 1 ? textSuggestionsOne : textSuggestionsMany.replace('%n', count));
  }

  #chips() {
    return [...(this.#list?.children ?? [])];
  }

  #chip(text) {
    const chip =
      this.querySelector('template[data-chip]').content.firstElementChild.cloneNode(true);
    chip.dataset.value = text;
    chip.title = text;
    const shown = this.#describe(chip);
    const label = this.dataset.textRemove.replace('%name', shown);
    chip.querySelector('[data-chip-remove] .visually-hidden').textContent = label;
    this.#offerMembers(chip, shown);
    return chip;
  }

  /** The chip of a list: a button that writes to its members instead. */
  #offerMembers(chip, name) {
    const list = this.#lists.get(parseAddress(chip.dataset.value).mail.toLowerCase());
    if (!list || chip.querySelector('[data-chip-expand]')) return;
    const { content } = this.querySelector('template[data-chip-members]');
    const button = content.firstElementChild.cloneNode(true);
    button.textContent = button.dataset.text.replace('%n', list.count);
    button.ariaLabel = filled(this.dataset.textExpandName, list.count, name);
    button.addEventListener('click', () => void this.#expand(list, name, chip));
    chip.querySelector('[data-chip-remove]').before(button);
  }

  /** Writes on a chip what is known of its address; answers its name. */
  #describe(chip) {
    const text = chip.dataset.value;
    const address = parseAddress(text);
    const known = this.#classes.get(address.mail.toLowerCase());
    const domains = this.dataset.inside.split(' ').filter((domain) => domain !== '');
    const isFar = domains.length > 0 && isOutside(address.mail, domains);
    const outside = address.isValid && (known?.isOutside ?? isFar);
    chip.classList.toggle('is-invalid', !address.isValid);
    chip.classList.toggle('is-outside', outside);
    chip.classList.toggle('is-danger', address.isValid && known?.kind === 'look-alike');
    const shown = address.name || address.mail || text;
    const domain = address.mail.slice(address.mail.lastIndexOf('@') + 1);
    chip.querySelector('.chip-name').textContent =
      outside && address.name ? `${shown} (${domain})` : shown;
    const { textInvalid, textOutside } = this.dataset;
    const note = chip.querySelector('.chip-note');
    note.textContent = address.isValid
      ? (known?.label ?? (outside ? textOutside : ''))
      : textInvalid;
    chip.classList.toggle('is-known', note.textContent !== '');
    return shown;
  }

  #add(texts) {
    const known = new Set(this.addresses.map(({ mail }) => mail.toLowerCase()));
    const fresh = texts.filter((text) => !known.has(parseAddress(text).mail.toLowerCase()));
    const chips = fresh.map((text) => this.#chip(text));
    this.#list.append(...chips);
    this.#sync();
    if (chips.length === 0) return;
    const said = chips.map((chip) => {
      const { name, mail } = parseAddress(chip.dataset.value);
      const note = chip.querySelector('.chip-note')?.textContent;
      return [name || mail || chip.dataset.value, note].filter(Boolean).join(', ');
    });
    announce(this.dataset.textAdded.replace('%name', () => said.join(' ; ')));
  }

  /** What stands in the input becomes chips. */
  #take() {
    const texts = splitAddresses(this.#input.value);
    if (texts.length === 0) return false;
    this.#input.value = '';
    this.#add(texts);
    return true;
  }

  #remove(chip) {
    const chips = this.#chips();
    const next = chips[chips.indexOf(chip) + 1];
    const { name, mail } = parseAddress(chip.dataset.value);
    chip.remove();
    this.#sync();
    announce(this.dataset.textRemoved.replace('%name', name || mail));
    (next?.querySelector('[data-chip-remove]') ?? this.#input).focus();
  }

  #sync(isChange = true) {
    if (isChange) this.#note?.remove();
    const rest = this.#input.value.trim();
    const texts = this.#chips().map((chip) => chip.dataset.value);
    this.#field.value = [...texts, ...(rest === '' ? [] : [rest])].join(', ');
    // One chip at a time is a stop of the tab key; the arrows walk through the others.
    for (const [index, button] of [...this.querySelectorAll('[data-chip-remove]')].entries()) {
      button.tabIndex = index === texts.length - 1 ? 0 : -1;
    }
    this.dispatchEvent(
      new CustomEvent('estafette:compose:recipients', { bubbles: true, detail: { isChange } }),
    );
  }

  #onInput() {
    if (isList(this.#input.value)) {
      this.#suggestions.close();
      this.#take();
      return;
    }
    this.#suggestions.ask(this.#input.value);
    this.#sync();
  }

  #onPaste(event) {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (splitAddresses(text).length < 2) return;
    event.preventDefault();
    // A single-line input would join the lines of a pasted column.
    this.#add(splitAddresses(text));
  }

  #onClick(event) {
    const button = event.target.closest('[data-chip-remove]');
    if (button) this.#remove(button.closest('.chip'));
    else if (event.target === this) this.#input.focus();
    else if (event.target.closest('.chip-name')) this.#edit(event.target.closest('.chip'));
  }

  /** A chip goes back to text: to correct an address rather than type it again. */
  #edit(chip) {
    this.#take();
    const text = chip.dataset.value;
    chip.remove();
    this.#input.value = text;
    this.#sync();
    this.#input.focus();
  }

  #onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === this.#input) this.#onInputKey(event);
    else if (event.target.matches('[data-chip-remove]')) this.#onChipKey(event);
  }

  #onInputKey(event) {
    const { key } = event;
    const isEmpty = this.#input.value === '';
    if (this.#suggestions.key(event)) {
      // Tab takes the suggestion and stays: the next person is often typed at once.
      event.preventDefault();
      event.stopPropagation();
    } else if (key === 'Enter') {
      event.preventDefault(); // never sends nor saves from an address field
      // What is no address yet is still being typed; leaving the field takes it as it is.
      const texts = splitAddresses(this.#input.value);
      if (texts.every((text) => parseAddress(text).isValid)) this.#take();
    } else if (key === 'Backspace' && isEmpty && this.#list.lastElementChild) {
      event.preventDefault();
      this.#edit(this.#list.lastElementChild);
    } else if (key === 'ArrowLeft' && isEmpty) {
      this.#list.lastElementChild?.querySelector('[data-chip-remove]').focus();
    }
  }

  #onChipKey(event) {
    const chip = event.target.closest('.chip');
    const buttonOf = (other) => other?.querySelector('[data-chip-remove]');
    if (event.key === 'ArrowLeft') buttonOf(chip.previousElementSibling)?.focus();
    else if (event.key === 'ArrowRight') {
      (buttonOf(chip.nextElementSibling) ?? this.#input).focus();
    } else if (event.key === 'Delete' || event.key === 'Backspace') this.#remove(chip);
    else if (event.key === 'F2') this.#edit(chip);
    else return;
    event.preventDefault();
  }
}

customElements.define('est-chips', EstChips);
