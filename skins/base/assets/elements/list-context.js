/**
 * The context menu of a row, by the second button of the mouse or by its key: the actions of the bar,
 * for this row, or for all checked ones when it is one of them. With Shift the browser's own.
 */
const ACTIONS = ['archive', 'delete', 'junk', 'notjunk', 'mark-read', 'mark-unread'];
let menu;

function close(isBack = false) {
  if (!menu) return;
  const { panel, row } = menu;
  menu = undefined;
  const hadFocus = panel.contains(document.activeElement);
  panel.remove();
  if (isBack && hadFocus) row.querySelector('.subject')?.focus({ preventScroll: true });
}

function item(source, run) {
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('role', 'menuitem');
  button.tabIndex = -1;
  const icon = source.querySelector('svg')?.cloneNode(true);
  const text = source.querySelector('.label')?.textContent ?? source.title ?? source.textContent;
  if (icon) button.append(icon);
  button.append(text.trim());
  button.addEventListener('click', () => {
    close();
    run();
  });
  return button;
}

function itemsFor(list, row) {
  const isChecked = row.querySelector('.pick input')?.checked === true;
  const bar = list.querySelector('#list-actions');
  const items = ACTIONS.flatMap((action) => {
    const source = bar?.querySelector(`[data-action="${action}"]`);
    if (!source) return [];
    return item(source, () => (isChecked ? source.click() : list.actOnRow(row, action)));
  });
  const star = row.querySelector('.star');
  const starred = star && item(star, () => star.click());
  if (starred) starred.lastChild.textContent = star.title;
  // What has more to choose is chosen in the bar, for this row.
  const more = ['open-labels', 'open-move'].flatMap((action) => {
    const source = bar?.querySelector(`summary[data-action="${action}"]`);
    if (!source) return [];
    return item(source, () => {
      const box = row.querySelector('.pick input');
      if (!box.checked) {
        box.checked = true;
        list.selection.click(box, false);
      }
      source.closest('details').open = true;
      source.focus();
    });
  });
  return [...items, ...(starred ? [starred] : []), ...more];
}

function open(event) {
  const row = event.target instanceof Element ? event.target.closest('est-list .row') : null;
  if (!row || event.shiftKey || event.pointerType === 'touch') return;
  const list = row.closest('est-list');
  const items = itemsFor(list, row);
  if (items.length === 0) return;
  event.preventDefault();
  close();
  const panel = document.createElement('div');
  panel.className = 'menu row-menu';
  const inner = document.createElement('div');
  inner.className = 'panel';
  inner.setAttribute('role', 'menu');
  inner.setAttribute('aria-label', row.querySelector('.subject').textContent);
  inner.append(...items);
  panel.append(inner);
  document.body.append(panel);
  menu = { panel, row };
  const box = row.getBoundingClientRect();
  const isKey = event.clientX === 0 && event.clientY === 0;
  const left = isKey ? box.left + 48 : event.clientX;
  const top = isKey ? box.bottom : event.clientY;
  panel.style.setProperty(
    'left',
    `${Math.max(0, Math.min(left, innerWidth - panel.offsetWidth - 8))}px`,
  );
  panel.style.setProperty(
    'top',
    `${Math.max(0, Math.min(top, innerHeight - panel.offsetHeight - 8))}px`,
  );
  items[0].focus();
}

function onKey(event) {
  if (!menu) return;
  const items = [...menu.panel.querySelectorAll('button')];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === 'Escape' || event.key === 'Tab') {
    event.preventDefault();
    close(true);
  } else if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  } else if (event.key.length > 1) return;
  // No key of the list while its menu is open.
  event.stopImmediatePropagation();
}

document.addEventListener('contextmenu', open);
document.addEventListener('keydown', onKey, true);
document.addEventListener('pointerdown', ({ target }) => {
  if (menu && !menu.panel.contains(target)) close();
});
document.addEventListener('scroll', () => close(), { capture: true, passive: true });
document.addEventListener('turbo:before-render', () => close());
