import { announce } from './announce.js';

/** Sets a flag on one message without leaving the page. Rejects when the server refuses. */
export async function postFlag({ actions, uidvalidity, uid, flag, on }) {
  const query = new URLSearchParams({ one: uid, flag, on: on ? '1' : '0' });
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? '';
  const response = await fetch(`${actions}/flag?${query}`, {
    method: 'POST',
    headers: { Accept: 'application/json', 'X-CSRF-Token': token },
    body: new URLSearchParams({ _csrf: token, uidvalidity }),
  });
  if (!response.ok) throw new Error(`flag: ${response.status}`);
}

const rowOf = (uid) => document.getElementById(`row-${uid}`);

/** Shows a star as set or not, in the row and in the open message. */
export function showStar(uid, on) {
  const row = rowOf(uid)?.querySelector('.star');
  const open = document.querySelector(`[data-message-uid="${uid}"] .star`);
  for (const button of [row, open]) {
    if (!button) continue;
    button.setAttribute('aria-pressed', String(on));
    const use = button.querySelector('use');
    const href = use?.getAttribute('href')?.split('#')[0] ?? '';
    use?.setAttribute('href', `${href}#${on ? 'star-filled' : 'star'}`);
  }
  const flip = (url) => url.replace(/([?&]on=)[01]/, `$1${on ? 0 : 1}`);
  if (row) row.setAttribute('formaction', flip(row.getAttribute('formaction') ?? ''));
  if (open?.form) open.form.action = flip(open.form.action);
}

/** Turns a star in place; if the server refuses, the form is sent and the page says why. */
export async function flipStar(event, button, { actions, uidvalidity, uid }) {
  if (button.dataset.plain) return;
  event.preventDefault();
  const on = button.getAttribute('aria-pressed') !== 'true';
  showStar(uid, on);
  try {
    await postFlag({ actions, uidvalidity, uid, flag: 'flagged', on });
  } catch {
    showStar(uid, !on);
    announce(document.querySelector('est-list')?.dataset.textFailed ?? '');
    button.dataset.plain = '1';
    button.click();
  }
}

/** Shows a row as read or not; the text for readers begins with « non lu » when it is not. */
export function showSeen(uid, isSeen) {
  const row = rowOf(uid);
  if (!row || row.classList.contains('is-unread') !== isSeen) return;
  row.classList.toggle('is-unread', !isSeen);
  const state = row.querySelector('[data-row-state]');
  if (!state) return;
  const unread = state.dataset.unread;
  const others = state.textContent
    .trim()
    .replace(/\.$/, '')
    .split(', ')
    .filter((one) => one !== '' && one !== unread);
  const all = isSeen ? others : [unread, ...others];
  state.textContent = all.length > 0 ? `${all.join(', ')}. ` : '';
}
