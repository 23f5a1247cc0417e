/** Says beside the message who of its recipients is outside, as the chips change. */
function show(compose) {
  const notice = compose.querySelector('[data-outside]');
  if (!notice) return;
  const outside = new Map();
  // Fields not yet turned into chips have none; they say so themselves when they are.
  for (const field of compose.querySelectorAll('est-chips')) {
    for (const { name, mail, isOutside } of field.addresses ?? []) {
      if (isOutside) outside.set(mail.toLowerCase(), name ? `${name} (${mail})` : mail);
    }
  }
  const { textOne, textMany } = notice.dataset;
  const count = outside.size;
  notice.querySelector('[data-outside-count]').textContent =
    count === 1 ? textOne : textMany.replace('%n', count);
  notice.querySelector('[data-outside-who]').textContent = [...outside.values()].join(', ');
  notice.hidden = count === 0;
}

document.addEventListener('estafette:compose:recipients', ({ target }) => {
  const compose = target.closest('est-draft');
  if (compose) show(compose);
});
