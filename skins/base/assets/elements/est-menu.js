import { isShown } from './shown.js';

/**
 * Menus are `details.menu`, which open and close by themselves. Added here: one at a time, Escape and
 * a click outside close, arrows walk through, and the panel stays inside the window.
 */
const openMenus = () => document.querySelectorAll('details.menu[open]');
const itemsOf = (menu) =>
  [
    ...menu.querySelectorAll('.panel :is(a[href], button, select, input):not([type="hidden"])'),
  ].filter(isShown);

function closeAll(except) {
  for (const menu of openMenus()) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

/** Turned to the side, or up, where the window ends. */
function place(menu) {
  const panel = menu.querySelector('.panel');
  if (!panel || getComputedStyle(panel).position !== 'absolute') return;
  const box = panel.getBoundingClientRect();
  if (box.right > window.innerWidth) menu.classList.add('end');
  else if (box.left < 0) menu.classList.remove('end');
  if (box.bottom > window.innerHeight && box.height < menu.getBoundingClientRect().top) {
    menu.classList.add('up');
  }
}

document.addEventListener(
  'toggle',
  ({ target }) => {
    if (!(target instanceof HTMLDetailsElement) || !target.matches('.menu')) return;
    if (!target.open) {
      target.classList.remove('up');
      return;
    }
    closeAll(target);
    place(target);
  },
  true,
);

document.addEventListener('click', ({ target }) => {
  if (!(target instanceof Element)) return;
  const menu = target.closest('details.menu');
  closeAll(menu ?? undefined);
  // What was chosen closes its menu; a form inside one (a folder to choose) does not.
  if (menu && target.closest('.panel :is(a[href], button)')) menu.open = false;
});

document.addEventListener('focusin', ({ target }) => {
  if (target instanceof Element && !target.closest('details.menu[open]')) closeAll();
});

document.addEventListener('keydown', (event) => {
  const menu = event.target instanceof Element && event.target.closest('details.menu');
  if (!menu || event.defaultPrevented) return;
  if (event.key === 'Escape' && menu.open) {
    event.preventDefault();
    event.stopPropagation();
    menu.open = false;
    menu.querySelector('summary').focus();
    return;
  }
  if (event.target.matches('select, input')) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  menu.open = true;
  walk(menu, step);
});

function walk(menu, step) {
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement);
  const next = at < 0 && step < 0 ? items.length - 1 : at + step;
  items[(next + items.length) % items.length]?.focus();
}

// A menu left open is not what comes back with the page.
document.addEventListener('turbo:before-visit', () => closeAll());
