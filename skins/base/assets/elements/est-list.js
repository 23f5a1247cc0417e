import './reading-frame.js';
import { announce } from './announce.js';
import { flipStar } from './flags.js';
import { onListCommand, onListKey } from './list-keys.js';
import { positionOf, savePosition, setNext, takeNext } from './list-memory.js';
import { ListSelection } from './list-selection.js';
import { setCount } from './page-title.js';
import { showScripted } from './shown.js';

/** Attributes that these scripts set: a refresh must not undo them, nor what `morph-guard` keeps. */
const KEPT = new Set(['tabindex', 'hidden', 'draggable']);
/** Actions after which the rows are no longer in the list. */
const LEAVING = new Set(['archive', 'delete', 'junk', 'notjunk', 'move']);
/** Actions that leave the rows, and whose button goes away: the focus goes back to the row. */
const RETURNING = new Set(['copy', 'mark-unread']);

/** The list of messages: one tab stop, keys, selection, and its place kept when it refreshes. */
class EstList extends HTMLElement {
  #stop;
  #isDue = false;
  #newest = 0;
  #current;
  selection = new ListSelection(this);

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.addEventListener('click', (event) => this.#onClick(event), { signal });
    this.addEventListener('focusin', (event) => this.#onFocus(event), { signal });
    this.addEventListener('scroll', () => this.#remember(), {
      signal,
      capture: true,
      passive: true,
    });
    document.addEventListener('keydown', (event) => onListKey(this, event), { signal });
    document.addEventListener('estafette:command', (event) => onListCommand(this, event), {
      signal,
    });
    document.addEventListener('turbo:submit-start', (event) => this.#onSubmit(event), { signal });
    document.addEventListener('turbo:before-morph-attribute', (event) => this.#keep(event), {
      signal,
    });
    document.addEventListener('turbo:morph-element', (event) => this.#onMorph(event), { signal });
    document.addEventListener('estafette:mail:opened', () => this.refresh(), { signal });
    this.#newest = this.#highestUid();
    this.refresh();
    this.#restore();
  }

  disconnectedCallback() {
    this.#stop?.abort();
  }

  get pane() {
    return this.querySelector('[data-message-list]');
  }

  get rows() {
    return [...this.querySelectorAll('.row')];
  }

  /**
   * Where the keyboard comes in: the last row focused, else the open one, else the first. For moving
   * only; what changes a message asks for `chosen`.
   */
  get active() {
    return this.#last ?? this.opened ?? this.rows[0];
  }

  /** The row of the open message, if this page of the list has it. */
  get opened() {
    return this.rows.find((row) => row.classList.contains('is-open'));
  }

  /** The row that the agent is on, by the focus or by the open message; none where neither is. */
  get chosen() {
    const { activeElement } = document;
    const row = this.contains(activeElement) ? activeElement.closest('.row') : null;
    return row ?? this.opened;
  }

  get #last() {
    return this.rows.find((row) => row.dataset.uid === this.#current);
  }

  focusRow(row) {
    if (!row) return;
    this.#current = row.dataset.uid;
    this.#rove();
    row.querySelector('.subject')?.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  }

  /** Puts back what the server does not know: tab stop, open row, buttons that need scripts. */
  refresh() {
    showScripted(this);
    this.#markOpen();
    this.#rove();
    this.selection.show({ isQuiet: true });
    this.#tellNew();
    const { pane } = this;
    if (pane?.dataset.mailbox === 'INBOX') setCount(Number(pane.dataset.unseen));
  }

  /** The focus goes back to a row that was left, or to the head of the list where it is gone. */
  focusBack(row) {
    if (row) this.focusRow(row);
    else this.querySelector('#list-title')?.focus({ preventScroll: true });
  }

  /** Submits an action for one row, whatever is checked. */
  actOnRow(row, action) {
    const source = this.querySelector(`#list-actions [data-action="${action}"]`);
    if (source) this.pressForRow(row, source);
  }

  /** A button of the bar, pressed for one row alone; `more` is added to what it asks. */
  pressForRow(row, source, more = {}) {
    this.querySelector('[data-for-row]')?.remove();
    const button = source.cloneNode(true);
    const url = new URL(button.formAction);
    for (const [name, value] of Object.entries(more)) url.searchParams.set(name, value);
    url.searchParams.set('one', row.dataset.uid);
    button.setAttribute('formaction', url.pathname + url.search);
    button.dataset.forRow = row.dataset.uid;
    button.hidden = true;
    source.after(button);
    button.click();
  }

  #onClick(event) {
    const { target } = event;
    if (!(target instanceof Element)) return;
    if (event.isTrusted) delete this.dataset.walking;
    if (target.matches('.pick input')) this.selection.click(target, event.shiftKey);
    const control = target.closest('[data-action]');
    if (control?.dataset.action === 'select-none') this.selection.setAll(false);
    else if (control?.dataset.action === 'select-page') this.selection.setAll(true);
    else if (control?.matches('.row .star')) this.#star(event, control);
  }

  #star(event, button) {
    const { uid } = button.closest('.row').dataset;
    void flipStar(event, button, { ...this.pane.dataset, uid });
  }

  #onFocus({ target }) {
    const row = target.closest('.row');
    if (!row || row.dataset.uid === this.#current) return;
    this.#current = row.dataset.uid;
    this.#rove();
  }

  /** One tab stop for all rows (the active one's link, box and star), as in any long list. */
  #rove() {
    const { active } = this;
    for (const row of this.rows) {
      row.draggable = true;
      const index = row === active ? 0 : -1;
      for (const control of row.querySelectorAll('a, input, button')) control.tabIndex = index;
    }
  }

  #markOpen() {
    const uid = document.querySelector('#reading [data-message-uid]')?.dataset.messageUid;
    for (const row of this.rows) {
      // A line by conversation is open whichever of its messages is.
      const isOpen = (row.dataset.uids ?? row.dataset.uid).split(' ').includes(uid);
      row.classList.toggle('is-open', isOpen);
      const link = row.querySelector('.subject');
      if (isOpen) link?.setAttribute('aria-current', 'true');
      else link?.removeAttribute('aria-current');
    }
  }

  #highestUid() {
    return this.rows.reduce((most, row) => Math.max(most, Number(row.dataset.uid)), 0);
  }

  /** The newest message that came by itself: one that the agent put here is no news. */
  #tellNew() {
    const uidOf = (row) => Number(row.dataset.uid);
    const [row] = this.rows
      .filter((one) => this.#newest > 0 && uidOf(one) > this.#newest)
      .filter((one) => one.classList.contains('is-unread') && !('placed' in one.dataset))
      .sort((a, b) => uidOf(b) - uidOf(a));
    if (row) announce(this.dataset.textNew.replace('%who', row.querySelector('.who').textContent));
    this.#newest = Math.max(this.#highestUid(), this.#newest);
  }

  #onSubmit({ detail }) {
    const { formElement, submitter } = detail.formSubmission;
    const action = submitter?.dataset.action ?? '';
    const isLeaving = LEAVING.has(action);
    if (!isLeaving && !RETURNING.has(action)) return;
    if (formElement.id !== 'list-actions' && formElement.id !== 'message-actions') return;
    const one = submitter.dataset.forRow ?? formElement.elements.namedItem('uid')?.value;
    const gone = new Set(
      submitter.dataset.forRow || formElement.id === 'message-actions'
        ? [one]
        : this.selection.uids,
    );
    if (!isLeaving) {
      setNext([...gone][0]);
      return;
    }
    const { rows } = this;
    const last = rows.findLastIndex((row) => gone.has(row.dataset.uid));
    const stays = (row) => !gone.has(row.dataset.uid);
    const next = rows.slice(last + 1).find(stays) ?? rows.slice(0, last).findLast(stays);
    setNext(next?.dataset.uid);
  }

  #keep(event) {
    const { target } = event;
    if (this.contains(target) && KEPT.has(event.detail.attributeName)) event.preventDefault();
  }

  #onMorph({ target }) {
    if (this.#isDue || !(target === this || this.contains(target))) return;
    this.#isDue = true;
    // After the whole refresh, not after each of its elements.
    setTimeout(() => {
      this.#isDue = false;
      if (!this.isConnected) return;
      this.refresh();
      this.#focusNext();
    });
  }

  get #scroller() {
    const pane = this.querySelector('.rows-pane');
    return pane && pane.scrollHeight > pane.clientHeight ? pane : this.pane;
  }

  #remember() {
    if (this.pane && this.#scroller) savePosition(this.pane.dataset.self, this.#scroller.scrollTop);
  }

  #restore() {
    const top = this.pane && positionOf(this.pane.dataset.self);
    if (top !== undefined && this.#scroller) this.#scroller.scrollTop = top;
    else this.querySelector('.row.is-open')?.scrollIntoView({ block: 'nearest' });
    this.#focusNext();
  }

  #focusNext() {
    const uid = takeNext();
    if (uid === undefined) return;
    const row = this.rows.find((one) => one.dataset.uid === uid);
    // A pushed list comes before the answer: the message that goes away has the focus still, and the
    // page without it puts it on that row.
    if (document.activeElement?.closest('#reading')) setNext(uid);
    const isFree =
      document.activeElement === document.body || this.contains(document.activeElement);
    if (isFree) this.focusBack(row);
    else if (row) this.#current = uid;
  }
}

customElements.define('est-list', EstList);
