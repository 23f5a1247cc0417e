const SHOWN_S = 10;

/** The result of the last action: for `data-seconds`, and as long as the pointer or the focus is on it. */
class EstToast extends HTMLElement {
  #stop;
  #timer;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const listen = (name, handler) => this.addEventListener(name, handler, { signal });
    for (const name of ['pointerenter', 'focusin']) listen(name, () => clearTimeout(this.#timer));
    for (const name of ['pointerleave', 'focusout']) listen(name, () => this.#start());
    // A refresh may write the next notice into this element.
    listen('turbo:morph-element', () => this.#start());
    listen('click', ({ target }) => {
      if (target.closest('[data-action="close-toast"]')) this.#close();
    });
    for (const control of this.querySelectorAll('.js-only')) control.hidden = false;
    this.#start();
  }

  disconnectedCallback() {
    this.#stop?.abort();
    clearTimeout(this.#timer);
  }

  #start() {
    clearTimeout(this.#timer);
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
