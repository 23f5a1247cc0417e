/**
 * A row under a finger: to the right it is archived, to the left deleted, as far as the list has these
 * actions; what was done can be taken back from the note. The same is done by the boxes and the bar.
 */
const BEGIN = 12;
const ENOUGH = 96;

let swipe;

const actionOf = (list, dx) => {
  const action = dx > 0 ? 'archive' : 'delete';
  return list.querySelector(`#list-actions [data-action="${action}"]`) ? action : undefined;
};

function down(event) {
  if (event.pointerType !== 'touch' || !event.isPrimary) return;
  const row = event.target instanceof Element ? event.target.closest('est-list .row') : null;
  if (!row || event.target.closest('.pick, button')) return;
  swipe = { row, list: row.closest('est-list'), x: event.clientX, y: event.clientY, dx: 0 };
}

function move(event) {
  if (!swipe || event.pointerType !== 'touch') return;
  const dx = event.clientX - swipe.x;
  if (!swipe.isOn) {
    if (Math.abs(event.clientY - swipe.y) > BEGIN) swipe = undefined;
    else if (Math.abs(dx) > BEGIN && actionOf(swipe.list, dx)) swipe.isOn = true;
    return;
  }
  const action = actionOf(swipe.list, dx);
  swipe.dx = action ? dx : 0;
  swipe.row.dataset.swipe = action ?? '';
  swipe.row.classList.toggle('is-far', Math.abs(swipe.dx) >= ENOUGH);
  swipe.row.style.setProperty('--swipe', `${swipe.dx}px`);
}

function settle(isDone) {
  if (!swipe) return;
  const { row, list, dx, isOn } = swipe;
  swipe = undefined;
  if (!isOn) return;
  // The click that follows the finger is no choice of the message.
  const stop = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  row.addEventListener('click', stop, { capture: true, once: true });
  setTimeout(() => row.removeEventListener('click', stop, { capture: true }), 400);
  const action = Math.abs(dx) >= ENOUGH && isDone ? actionOf(list, dx) : undefined;
  delete row.dataset.swipe;
  row.classList.remove('is-far');
  row.style.removeProperty('--swipe');
  if (action) list.actOnRow(row, action);
}

document.addEventListener('pointerdown', down, { passive: true });
document.addEventListener('pointermove', move, { passive: true });
document.addEventListener('pointerup', () => settle(true));
document.addEventListener('pointercancel', () => settle(false));
