/**
 * The folder pane where it is a drawer. Without scripts it opens by its address (`#folder-pane`);
 * with them by a state of the root element, so that the history stays clean.
 */
const root = document.documentElement;
const pane = () => document.getElementById('folder-pane');
const isOpen = () => root.dataset.drawer === 'open';
/** What cannot be reached while the drawer is over it. */
const behind = () => document.querySelectorAll('body > :is(main, .top, .rail, .write)');

function setOpen(open) {
  root.dataset.drawer = open ? 'open' : 'shut';
  for (const part of behind()) part.inert = open;
  if (open) pane()?.querySelector('[aria-current], a')?.focus();
  else document.querySelector('[data-action="open-folders"]')?.focus({ preventScroll: true });
}

document.addEventListener('click', (event) => {
  const control = event.target instanceof Element && event.target.closest('[data-action]');
  const action = control ? control.dataset.action : undefined;
  if (action !== 'open-folders' && action !== 'close-folders') return;
  event.preventDefault();
  setOpen(action === 'open-folders');
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !isOpen()) return;
  event.preventDefault();
  setOpen(false);
});

// Another page, or a window grown wide: the drawer is out of the way.
function leave() {
  if (!isOpen()) return;
  delete root.dataset.drawer;
  for (const part of behind()) part.inert = false;
}
document.addEventListener('turbo:before-render', ({ detail }) => {
  if (detail.renderMethod !== 'morph') leave();
});
window.matchMedia('(min-width: 1200px)').addEventListener('change', leave);
