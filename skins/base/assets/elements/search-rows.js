/**
 * The row of the message that was opened from a search: its uid alone would not tell which mailbox
 * it is of, so the address does.
 */
document.addEventListener('turbo:frame-load', ({ target }) => {
  if (target.id !== 'reading' || !target.src) return;
  const { pathname } = new URL(target.src, document.baseURI);
  for (const row of document.querySelectorAll('.search-row')) {
    const link = row.querySelector('a.subject');
    const isOpen = link.pathname === pathname;
    row.classList.toggle('is-open', isOpen);
    link.toggleAttribute('aria-current', isOpen);
    if (!isOpen) continue;
    link.setAttribute('aria-current', 'true');
    row.classList.remove('is-unread');
    row.querySelector('.pip')?.remove();
  }
});
