/** Addresses come in bursts (a pasted list): one question for all of them. */
const QUIET_MS = 400;
const MAX_ASKED = 100;

/** What is known or asked for, by composition and address. */
const asked = new WeakMap();
const timers = new WeakMap();

const fieldsOf = (compose) => [...compose.querySelectorAll('est-chips')];

function unknown(compose) {
  const known = asked.get(compose) ?? new Set();
  asked.set(compose, known);
  const mails = fieldsOf(compose)
    .flatMap((field) => field.addresses ?? [])
    .filter(({ isValid }) => isValid)
    .map(({ mail }) => mail.toLowerCase());
  return [...new Set(mails)].filter((mail) => !known.has(mail)).slice(0, MAX_ASKED);
}

/** Asks what the new addresses are and marks their chips; without an answer they stay plain. */
async function ask(compose) {
  const mails = unknown(compose);
  if (mails.length === 0 || !compose.isConnected) return;
  for (const mail of mails) asked.get(compose).add(mail);
  const response = await fetch(`/compose/${encodeURIComponent(compose.dataset.draft)}/classes`, {
    method: 'POST',
    body: new URLSearchParams(mails.map((mail) => ['mail', mail])),
    headers: {
      Accept: 'application/json',
      'X-CSRF-Token': compose.querySelector('input[name="_csrf"]').value,
    },
  });
  if (!response.ok) return;
  const { items } = await response.json();
  const classes = new Map(items.map((item) => [item.mail.toLowerCase(), item]));
  if (classes.size > 0) for (const field of fieldsOf(compose)) field.mark(classes);
  if (unknown(compose).length > 0) await ask(compose);
}

document.addEventListener('estafette:compose:recipients', ({ target }) => {
  const compose = target.closest('est-draft');
  if (!compose) return;
  clearTimeout(timers.get(compose));
  const timer = setTimeout(() => void ask(compose).catch(() => undefined), QUIET_MS);
  timers.set(compose, timer);
});
