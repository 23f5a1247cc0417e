import { announce } from './announce.js';

/** What the line under the text says of the draft; texts are `data-text-*` of the element. */
export class DraftStatus {
  #draft;
  #line;

  constructor(draft) {
    this.#draft = draft;
    this.#line = draft.querySelector('[data-draft-status]');
  }

  get #texts() {
    return this.#draft.dataset;
  }

  #say(text, isWarning = false) {
    if (this.#line.textContent === text) return;
    this.#line.textContent = text;
    this.#line.classList.toggle('is-warning', isWarning);
  }

  saving() {
    this.#say(this.#texts.textSaving);
  }

  sending() {
    this.#say(this.#texts.textSending);
  }

  /** Files are still on their way. */
  waiting() {
    this.#say(this.#texts.textUploads, true);
  }

  failed(text) {
    this.#say(text ?? this.#texts.textFailed, true);
  }

  /** The server is not reached, and this device has the words. */
  here() {
    this.#say(this.#texts.textHere.replace('%time', this.#timeOf(Date.now())), true);
  }

  saved(at, isOnServer) {
    const time = this.#timeOf(at);
    const { textSaved, textSavedHere } = this.#texts;
    this.#say((isOnServer ? textSaved : textSavedHere).replace('%time', time), !isOnServer);
  }

  #timeOf(at) {
    return new Intl.DateTimeFormat(document.documentElement.lang, {
      // The clock of the server's pages, not of this computer.
      timeZone: document.querySelector('est-draft')?.dataset.timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).format(new Date(at));
  }

  expired() {
    if (this.#line.querySelector('a')) return;
    const { textExpired, textSignIn } = this.#texts;
    const link = newTab('/login', textSignIn);
    this.#say(textExpired, true);
    this.#line.append(' ', link);
  }

  conflict(other) {
    const { textConflict, textOpenOther } = this.#texts;
    const banner = document.createElement('div');
    banner.className = 'banner warn';
    const text = document.createElement('p');
    text.textContent = textConflict;
    const link = newTab(`/compose/${encodeURIComponent(other)}`, textOpenOther);
    link.className = 'btn';
    banner.append(text, link);
    this.#draft.querySelector('[data-compose-notices]').prepend(banner);
    announce(textConflict);
  }
}

function newTab(href, text) {
  const link = document.createElement('a');
  Object.assign(link, { href, target: '_blank', rel: 'noopener', textContent: text });
  return link;
}
