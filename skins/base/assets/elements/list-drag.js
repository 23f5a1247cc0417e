/** Rows are dragged to folders: moved, or copied with Ctrl. The « Déplacer » menu does the same. */
const TYPE = 'application/x-estafette-rows';
const folderAt = ({ target }) =>
  target instanceof Element ? target.closest('.folder[data-mailbox]') : null;

let dragged;

/** Rows that a drag takes along: all checked ones when it begins on one of them. */
function rowsOf(list, row) {
  const isChecked = row.querySelector('.pick input')?.checked === true;
  return isChecked ? list.rows.filter((one) => one.querySelector('.pick input')?.checked) : [row];
}

function start(event) {
  const row = event.target instanceof Element ? event.target.closest('est-list .row') : null;
  if (!row) return;
  const list = row.closest('est-list');
  dragged = { list, row, count: rowsOf(list, row).length };
  event.dataTransfer.setData(TYPE, row.dataset.uid);
  event.dataTransfer.effectAllowed = 'copyMove';
  const ghost = document.createElement('div');
  ghost.className = 'drag-ghost';
  ghost.textContent =
    dragged.count === 1
      ? row.querySelector('.subject').textContent
      : list.dataset.textSelectedMany.replace('%n', String(dragged.count));
  document.body.append(ghost);
  event.dataTransfer.setDragImage(ghost, 12, 12);
  setTimeout(() => ghost.remove());
}

/** Whether the messages can go there: it is among the folders of the move menu. */
const choiceOf = (folder) =>
  [...(dragged?.list.querySelector('#list-to')?.options ?? [])].find(
    ({ value }) => value !== '' && value === folder?.dataset.mailbox,
  );

function over(event) {
  const folder = folderAt(event);
  for (const one of document.querySelectorAll('.folder.is-drop')) {
    if (one !== folder) one.classList.remove('is-drop');
  }
  if (!dragged || !choiceOf(folder)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = event.ctrlKey ? 'copy' : 'move';
  folder.classList.add('is-drop');
}

function drop(event) {
  const folder = folderAt(event);
  const choice = choiceOf(folder);
  if (!dragged || !choice) return;
  event.preventDefault();
  const { list, row, count } = dragged;
  choice.selected = true;
  const action = event.ctrlKey ? 'copy' : 'move';
  if (count > 1) list.querySelector(`#list-actions [data-action="${action}"]`)?.click();
  else list.actOnRow(row, action);
}

function end() {
  dragged = undefined;
  for (const one of document.querySelectorAll('.folder.is-drop')) one.classList.remove('is-drop');
}

document.addEventListener('dragstart', start);
document.addEventListener('dragover', over);
document.addEventListener('drop', drop);
document.addEventListener('dragend', end);
