import { session } from '@hotwired/turbo';
import { flipStar, showSeen } from './flags.js';
import { setTitle } from './page-title.js';
import { isShown } from './shown.js';

/**
 * The reading frame: title, focus, and the way back to the list without asking for it again.
 * Listens on the document, because Turbo replaces the frame with the page.
 */
const frameOf = (event) => (event.target.id === 'reading' ? event.target : undefined);

document.addEventListener('turbo:frame-load', (event) => {
  const frame = frameOf(event);
  const article = frame?.querySelector('[data-message-uid]');
  if (!article) return;
  const subject = frame.querySelector('[data-message-subject]');
  setTitle(subject.textContent.trim());
  showSeen(article.dataset.messageUid, true);
  document.dispatchEvent(new CustomEvent('estafette:mail:opened'));
  // Going through the list with j and k, the focus stays in it; otherwise it goes to what was asked.
  const list = document.querySelector('est-list');
  const isWalking = isShown(list) && list.dataset.walking === '1';
  if (!isWalking) subject.focus({ preventScroll: true });
});

// An error page or the sign-in page instead of a message: shown as a page.
document.addEventListener('turbo:frame-missing', (event) => {
  if (!frameOf(event)) return;
  event.preventDefault();
  const { response, visit } = event.detail;
  if (response.redirected) window.location.assign(response.url);
  else void visit(response);
});

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element) || event.defaultPrevented) return;
  const control = event.target.closest('#reading [data-action]');
  if (control?.dataset.action === 'back') close(event, control);
  else if (control?.matches('.message-star .star')) star(event, control);
});

/** Back to the list as it was left: scroll, selection and focus. */
function close(event, link) {
  const list = document.querySelector('est-list');
  const frame = document.getElementById('reading');
  const pane = list?.querySelector('[data-message-list]');
  const empty = document.getElementById('reading-empty');
  if (!list || !frame || !pane || !empty) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  frame.removeAttribute('src');
  frame.replaceChildren(empty.content.cloneNode(true));
  session.history.push(new URL(link.href));
  setTitle(list.querySelector('#list-title')?.textContent.trim() ?? '');
  const row = list.opened;
  list.refresh();
  list.focusBack(row);
}

function star(event, button) {
  const { messageUid: uid, actions } = button.closest('[data-message-uid]').dataset;
  const uidvalidity = button.form.elements.namedItem('uidvalidity').value;
  void flipStar(event, button, { actions, uidvalidity, uid });
}
