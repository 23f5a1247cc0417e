import { accountOfPage, canTell, choose, isOn, pushedAccount } from '../desktop/choice.js';
import { subscribe, unsubscribe } from '../desktop/push.js';
import { showNotice } from '../desktop/show.js';
import { announce } from './announce.js';

/** Whether this device tells of new messages; only a click of its agent may ask the browser. */
class EstNotices extends HTMLElement {
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    this.addEventListener('click', (event) => this.#onClick(event), this.#listening);
    this.#show();
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  #part(name) {
    return this.querySelector(`[data-notices="${name}"]`);
  }

  #show() {
    const account = accountOfPage();
    const isRefused = canTell() && Notification.permission === 'denied';
    this.#part('unable').hidden = canTell();
    this.#part('refused').hidden = !isRefused;
    this.#part('on').hidden = !isOn(account);
    this.#part('off').hidden = !canTell() || isRefused || isOn(account);
    this.#part('closed').hidden = !isOn(account) || pushedAccount() !== account;
  }

  #onClick({ target }) {
    const { action } = target.closest('[data-action]')?.dataset ?? {};
    if (action === 'notices-on') void this.#turnOn();
    else if (action === 'notices-off') this.#turnOff();
    else if (action === 'notices-try') void this.#try();
  }

  async #turnOn() {
    const account = accountOfPage();
    const permission = await Notification.requestPermission();
    const isKept = permission === 'granted' && choose(account, true);
    this.#part('failed').hidden = permission !== 'granted' || isKept;
    this.#tell(isOn(account) ? this.dataset.textOn : '');
    if (isOn(account)) await this.#push(account);
  }

  /** With no page open either, where the site and the browser can. */
  async #push(account) {
    const { problem = '' } = await subscribe(account).catch(() => ({}));
    const note = this.#part('push-problem');
    note.querySelector('.banner-text').textContent = problem;
    note.hidden = problem === '';
    this.#show();
  }

  #turnOff() {
    unsubscribe().catch(() => undefined); // its service forgets it when nobody asks any more
    choose(accountOfPage(), false);
    this.#tell(this.dataset.textOff);
  }

  async #try() {
    const { tryTitle: title, tryText: text } = this.dataset;
    await showNotice({ title, text, tag: 'try' });
  }

  #tell(text) {
    this.#show();
    if (text !== '') announce(text);
    // The button that was clicked is gone: who goes by keyboard stays here.
    (this.querySelector('[data-notices]:not([hidden]) button') ?? this).focus();
    document.dispatchEvent(new CustomEvent('estafette:notices:changed'));
  }
}

customElements.define('est-notices', EstNotices);
