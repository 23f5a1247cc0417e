import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';

/** The button of a passkey in the form around it: asks the browser, then sends what it answers. */
class EstPasskey extends HTMLElement {
  connectedCallback() {
    this.querySelector('[data-without]')?.remove();
    if (!browserSupportsWebAuthn()) {
      this.say(this.dataset.unsupported);
      return;
    }
    const button = this.querySelector('[data-passkey]');
    button.hidden = false;
    button.addEventListener('click', () => this.ask(button));
  }

  async ask(button) {
    button.disabled = true;
    this.say('');
    try {
      const optionsJSON = JSON.parse(this.dataset.options);
      const answer =
        this.dataset.kind === 'register'
          ? await startRegistration({ optionsJSON })
          : await startAuthentication({ optionsJSON });
      const form = this.closest('form');
      this.querySelector('[name=response]').value = JSON.stringify(answer);
      if (this.dataset.action) form.action = this.dataset.action;
      // Without its checks: the code beside it may stay empty.
      form.submit();
    } catch (error) {
      button.disabled = false;
      this.say(this.wordsFor(error));
      button.focus();
    }
  }

  /** The person gave up, the device has one already, or something else. */
  wordsFor(error) {
    if (error?.name === 'InvalidStateError') return this.dataset.known;
    if (error?.name === 'NotAllowedError' || error?.name === 'AbortError') {
      return this.dataset.cancelled;
    }
    return this.dataset.failed;
  }

  say(text) {
    this.querySelector('[data-said]').textContent = text;
  }
}

if (!customElements.get('est-passkey')) customElements.define('est-passkey', EstPasskey);
