/** Says something to screen readers without moving the focus; the region stands in the layout. */
export function announce(text) {
  const region = document.getElementById('live');
  if (!region) return;
  // The same sentence twice is a change too: emptied first, filled in the next task.
  region.textContent = '';
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}
