import { showScripted } from './shown.js';

const SHOWN_S = 10;

/** The result of the last action: for `data-seconds`, and as long as the pointer or the focus is on it. */
class EstToast extends HTMLElement {
  #stop;
  #timer;
  #isPointed = false;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const listen = (name, handler) => this.addEventListener(name, handler, { signal });
    listen('pointerenter', () => this.#point(true));
    listen('pointerleave', () => this.#point(false));
    for (const name of ['focusin', 'focusout']) listen(name, () => this.#start());
    listen('click', ({ target }) => {
      if (target.closest('[data-action="close-toast"]')) this.#close();
    });
    showScripted(this);
    this.#start();
  }

  disconnectedCallback() {
    this.#stop?.abort();
    clearTimeout(this.#timer);
  }

  #point(isOver) {
    this.#isPointed = isOver;
    this.#start();
  }

  #start() {
    clearTimeout(this.#timer);
    // The pointer may leave while the focus stays, and the other way round.
    if (this.#isPointed || this.contains(document.activeElement)) return;
    // What went wrong stays until it is closed.
    if (this.querySelector('.toast.danger')) return;
    this.#timer = setTimeout(() => this.#close(), (Number(this.dataset.seconds) || SHOWN_S) * 1000);
  }

  #close() {
    const hadFocus = this.contains(document.activeElement);
    this.remove();
    if (hadFocus) document.getElementById('main')?.focus({ preventScroll: true });
  }
}

customElements.define('est-toast', EstToast);
