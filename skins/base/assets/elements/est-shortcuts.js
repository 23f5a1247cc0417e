import { areShortcutsOn, isForPage, setShortcuts } from './typing.js';

const click = (selector) => document.querySelector(selector)?.click();

const KEYS = {
  '/': () => {
    const field = document.querySelector('.top input[type="search"]');
    field?.focus();
    field?.select();
  },
  c: () => click('a[data-action="compose"]'),
  z: () => click('#toasts [data-action="undo"]'),
};

/** Keys of the whole page, and the dialog that lists them all, with the switch that turns them off. */
class EstShortcuts extends HTMLElement {
  #stop;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const dialog = this.querySelector('dialog');
    const control = this.querySelector('[data-shortcuts-switch]');
    if (!dialog || !control) return;
    control.checked = areShortcutsOn();
    control.addEventListener('change', () => setShortcuts(control.checked), { signal });
    document.addEventListener(
      'click',
      (event) => {
        const opener =
          event.target instanceof Element && event.target.closest('[data-action="shortcuts"]');
        if (!opener) return;
        event.preventDefault();
        opener.closest('details')?.removeAttribute('open');
        dialog.showModal();
      },
      { signal },
    );
    // A click on the backdrop lands on the dialog itself.
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close(), {
      signal,
    });
    document.addEventListener('keydown', (event) => this.#onKey(event, dialog), { signal });
  }

  disconnectedCallback() {
    this.#stop?.abort();
  }

  #onKey(event, dialog) {
    if (!isForPage(event)) return;
    // Help answers even when single keys are off: it is where they are turned on again.
    const handler =
      event.key === '?' ? () => dialog.showModal() : areShortcutsOn() && KEYS[event.key];
    if (!handler) return;
    event.preventDefault();
    handler();
  }
}

customElements.define('est-shortcuts', EstShortcuts);
