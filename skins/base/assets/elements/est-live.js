import { connectStreamSource, disconnectStreamSource, session } from '@hotwired/turbo';

const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 60_000; // also the pace of the refresh that stands in for the stream

/** What tells two streams apart: the open message changes nothing of what is sent. */
const keyOf = (href) => {
  const url = new URL(href, document.baseURI);
  url.searchParams.delete('selected');
  return url.href;
};

/** The counter of the taskbar is there only when there is something to count. */
function showBadge({ target }) {
  if (target.getAttribute('target') !== 'unread-count') return;
  const badge = document.getElementById('unread-count')?.closest('.badge');
  if (badge) badge.hidden = target.templateContent.textContent.trim() === '';
}

/**
 * Server-sent events of the list on this page: Turbo Streams, applied as they come. Closed while the
 * page is away (a page kept by the back button must not hold one), reopened with growing patience.
 */
class EstLive extends HTMLElement {
  static observedAttributes = ['data-src'];
  #source;
  #stop;
  #timer;
  #waitMs = FIRST_RETRY_MS;
  #isLate = false;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    window.addEventListener('pagehide', () => this.#close(), { signal });
    window.addEventListener('pageshow', (event) => event.persisted && this.#open(), { signal });
    window.addEventListener('online', () => this.#reopen(), { signal });
    // A list that changed while nobody looked is brought up to date at the first look.
    document.addEventListener('visibilitychange', () => this.#catchUp(), { signal });
    document.addEventListener('turbo:before-stream-render', showBadge, { signal });
    this.#open();
  }

  disconnectedCallback() {
    this.#stop?.abort();
    this.#close();
  }

  attributeChangedCallback(_name, before, after) {
    if (!this.isConnected || before === null || after === null) return;
    if (keyOf(before) !== keyOf(after)) this.#reopen();
  }

  #reopen() {
    this.#close();
    this.#open();
  }

  #open() {
    if (this.#source || !this.dataset.src) return;
    const source = new EventSource(this.dataset.src);
    this.#source = source;
    source.addEventListener('open', () => {
      this.#waitMs = FIRST_RETRY_MS;
      this.#catchUp();
    });
    source.addEventListener('error', () => this.#onError(source));
    connectStreamSource(source);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#source) return;
    disconnectStreamSource(this.#source);
    this.#source.close();
    this.#source = undefined;
  }

  /** The browser retries a broken line by itself; a refusal (session ended, too many tabs) it does not. */
  #onError(source) {
    if (source !== this.#source || source.readyState !== EventSource.CLOSED) return;
    this.#close();
    this.#isLate = true;
    const waitMs = this.#waitMs * (0.75 + Math.random() / 2); // a restarted server is not met by all at once
    this.#waitMs = Math.min(this.#waitMs * 2, MAX_RETRY_MS);
    this.#timer = setTimeout(() => {
      this.#catchUp();
      this.#open();
    }, waitMs);
  }

  /** Asks for the page again, unless the agent is in the middle of something. */
  #catchUp() {
    if (!this.#isLate || document.hidden) return;
    const isBusy = document.querySelector(
      '.pick input:checked, #reading [data-message-uid], dialog[open], details.menu[open], .list-search[open]',
    );
    if (isBusy) return;
    this.#isLate = false;
    session.refresh(window.location.href);
  }
}

customElements.define('est-live', EstLive);
