import { announce } from './announce.js';
import { isShown } from './shown.js';

/**
 * A page that Turbo puts in place of another is not read out, and the focus is left on nothing. It
 * goes to what was asked for: the open message, the head of the list, else the title of the page.
 * A refresh that the agent did not ask for says nothing.
 */
let isAsked = false;
let isFirst = true;
const ask = () => {
  isAsked = true;
};

for (const name of ['turbo:click', 'turbo:submit-start']) document.addEventListener(name, ask);
document.addEventListener('turbo:visit', ({ detail }) => {
  if (detail.action === 'restore') ask();
});

document.addEventListener('turbo:load', () => {
  const isVisit = isAsked && !isFirst;
  isAsked = false;
  // The browser reads the first page by itself.
  isFirst = false;
  // After the list, which may have a row to put the focus on.
  if (isVisit) setTimeout(arrive, 10);
});

const textOf = (selector) => document.querySelector(selector)?.textContent.trim() ?? '';

function arrive() {
  const subject = document.querySelector('#reading [data-message-subject]');
  const heading = document.querySelector('#list-title');
  const isLost = [document.body, null].includes(document.activeElement);
  if (isLost) focusOn(isShown(subject) ? subject : (heading ?? document.querySelector('main h1')));
  // An alert speaks for itself.
  const done = textOf('#toasts .toast:not([role="alert"]) .toast-text');
  const isList = heading !== null && !isShown(subject);
  const where = isList && (isLost || done === '') ? summary(heading) : '';
  const text = [done, where].filter((part) => part !== '').join('. ');
  if (text !== '') announce(text);
}

function focusOn(element) {
  const place = element ?? document.getElementById('main');
  if (!place) return;
  if (!place.hasAttribute('tabindex')) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

/** « Boîte de réception. 12 messages »: what the head of the list shows. */
const summary = (heading) => [heading.textContent.trim(), textOf('[data-list-count]')].join('. ');
