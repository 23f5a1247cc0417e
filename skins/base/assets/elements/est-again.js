/** Reads the frame around it again after some seconds: what it shows is under way. */
class Again extends HTMLElement {
  #timer;

  connectedCallback() {
    const frame = this.closest('turbo-frame');
    this.#timer = setTimeout(() => {
      if (!frame?.isConnected) return;
      if (frame.src === window.location.href) frame.reload();
      else frame.src = window.location.href;
    }, Number(this.dataset.seconds) * 1_000);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }
}

customElements.define('est-again', Again);
