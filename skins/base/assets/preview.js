// Arrows go from file to file, Escape back to the message: the same links, by keyboard.
document.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target instanceof Element && event.target.closest('input, select, textarea')) return;
  const link = [...document.querySelectorAll('a[data-key]')].find(
    (one) => one.dataset.key === event.key,
  );
  if (!link) return;
  event.preventDefault();
  link.click();
});
