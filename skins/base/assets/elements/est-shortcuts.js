import { commandOf } from './key-table.js';
import { rowKey } from './row-keys.js';
import { isShown } from './shown.js';
import { areShortcutsOn, isForPage, setShortcuts } from './typing.js';

/** What keys are for: of the frame, or of a page of a plugin, which says so (docs/urls.md). */
const TARGETS = {
  search: '.top input[type="search"], main [data-keys="search"]',
  compose: 'a[data-action="compose"]',
  undo: '#toasts [data-action="undo"], main [data-keys="undo"]',
  rows: 'main [data-keys="rows"]',
};

function find(what) {
  const all = [...document.querySelectorAll(TARGETS[what])];
  return all.find(isShown) ?? all[0];
}

/** A folder that everybody has, by what it is for. */
const go = (use) => () => document.querySelector(`.folders a[data-use="${use}"]`)?.click();

/** By the names of `src/web/commands/key-sets.ts`. */
const COMMANDS = {
  search: () => {
    const field = find('search');
    field?.focus();
    field?.select();
  },
  compose: () => find('compose')?.click(),
  undo: () => find('undo')?.click(),
  goInbox: go('inbox'),
  goDrafts: go('draft'),
  goSent: go('sent'),
};

/** Keys that a page of a plugin gives to its own links and buttons (docs/plugins/capabilities.md). */
const pageKeys = () => [...document.querySelectorAll('main [data-key]')].filter(isShown);

function pageKey({ key }) {
  const target = pageKeys().find((one) => one.dataset.key === key);
  return target && (() => target.click());
}

const ARROWS = { ArrowLeft: '←', ArrowRight: '→' };

/** They are told by the names of what they press. */
function listPageKeys(dialog) {
  const section = dialog.querySelector('[data-keys-here]');
  const list = section?.querySelector('dl');
  if (!list) return;
  const entries = pageKeys().map((target) => {
    const [entry, term, key, name] = ['div', 'dt', 'kbd', 'dd'].map((tag) =>
      document.createElement(tag),
    );
    key.textContent = ARROWS[target.dataset.key] ?? target.dataset.key;
    name.textContent = target.title || target.textContent.trim();
    term.append(key);
    entry.append(term, name);
    return entry;
  });
  list.replaceChildren(...entries);
  section.hidden = entries.length === 0;
}

/** The list of keys, without those that have nothing to do on this page. */
function showKeys(dialog) {
  for (const entry of dialog.querySelectorAll('[data-keys-for]'))
    entry.hidden = !find(entry.dataset.keysFor);
  listPageKeys(dialog);
  dialog.showModal();
}

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
        showKeys(dialog);
      },
      { signal },
    );
    // A click on the backdrop lands on the dialog itself.
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close(), {
      signal,
    });
    document.addEventListener('keydown', (event) => this.#onKey(event, dialog), { signal });
    document.addEventListener('estafette:command', ({ detail }) => COMMANDS[detail.name]?.(), {
      signal,
    });
  }

  disconnectedCallback() {
    this.#stop?.abort();
  }

  #onKey(event, dialog) {
    if (!isForPage(event)) return;
    // Help answers even when single keys are off: it is where they are turned on again.
    const handler =
      event.key === '?'
        ? () => showKeys(dialog)
        : (rowKey(event) ?? (areShortcutsOn() && (COMMANDS[commandOf(event)] ?? pageKey(event))));
    if (!handler) return;
    event.preventDefault();
    handler();
  }
}

customElements.define('est-shortcuts', EstShortcuts);
