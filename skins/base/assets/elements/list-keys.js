import { announce } from './announce.js';
import { postFlag, showSeen } from './flags.js';
import { commandOf } from './key-table.js';
import { labelByKey, unlabelByKey } from './label-keys.js';
import { isShown } from './shown.js';
import { areShortcutsOn, isForPage } from './typing.js';

const reading = (selector) => document.querySelector(`#reading ${selector}`);

/** Rows move under j and k; with a message open beside the list, the next one opens. */
function step(list, by) {
  if (!isShown(list)) {
    reading(by > 0 ? '[data-action="older"]' : '[data-action="newer"]')?.click();
    return;
  }
  const { rows } = list;
  const from = rows.indexOf(list.active);
  const isFirst = !list.contains(document.activeElement) && !reading('[data-message-uid]');
  const row = rows[isFirst ? Math.max(from, 0) : from + by];
  if (!row) return;
  list.focusRow(row);
  if (!reading('[data-message-subject]')) return;
  list.dataset.walking = '1';
  row.querySelector('.subject').click();
}

/** The row that has the focus: it comes before the open message. */
function focusedRow(list) {
  const { activeElement } = document;
  return isShown(list) && list.contains(activeElement) ? activeElement.closest('.row') : null;
}

/** The row that the agent is on; with none, that is said, and nothing is done. */
function chosenRow(list) {
  const row = isShown(list) ? list.chosen : undefined;
  if (!row) announce(list.dataset.textChoose);
  return row;
}

/** What an action is about: the checked rows, else the row in focus, else the open message. */
function act(list, action) {
  if (list.selection.uids.length > 0) {
    list.querySelector(`#list-actions [data-action="${action}"]`)?.click();
    return;
  }
  const open = reading(`[data-action="${action}"]`);
  if (open && !focusedRow(list)) {
    open.click();
    return;
  }
  const row = chosenRow(list);
  if (row) list.actOnRow(row, action);
}

/** In Junk the same key takes back what it did: its button is the one that is there. */
const junk = (list) =>
  act(list, document.querySelector('form [data-action="notjunk"]') ? 'notjunk' : 'junk');

function toggleSelected(list) {
  const box = chosenRow(list)?.querySelector('.pick input');
  if (!box) return;
  box.checked = !box.checked;
  list.selection.click(box, false);
}

function selectRange(list) {
  const box = chosenRow(list)?.querySelector('.pick input');
  if (!box) return;
  box.checked = true;
  list.selection.click(box, true);
}

function star(list) {
  const open = reading('.star');
  if (open && !focusedRow(list)) open.click();
  else chosenRow(list)?.querySelector('.star')?.click();
}

/** Opens the folder choice of the selection or of the open message, and goes into it. */
function openMove(list) {
  const hasChecked = list.selection.uids.length > 0;
  const hasOpen = reading('[data-message-uid]') !== null;
  if (!hasChecked && (focusedRow(list) || !hasOpen)) {
    if (!chosenRow(list)) return;
    toggleSelected(list);
  }
  const place = list.selection.uids.length > 0 ? list : document.getElementById('reading');
  const menu = place?.querySelector('.move-menu');
  if (!menu) return;
  menu.open = true;
  menu.querySelector('select')?.focus();
}

async function markUnread(list) {
  // Among results of several mailboxes the server does it.
  if (list.selection.uids.length > 0 || reading('[data-message-uid]') || !list.pane) {
    act(list, 'mark-unread');
    return;
  }
  const row = chosenRow(list);
  if (!row?.matches(':not(.is-unread)')) return;
  const { actions, uidvalidity } = list.pane.dataset;
  const { uid } = row.dataset;
  showSeen(uid, false);
  try {
    await postFlag({ actions, uidvalidity, uid, flag: 'seen', on: false });
  } catch {
    showSeen(uid, true);
    announce(list.dataset.textFailed);
  }
}

function leave(list) {
  if (list.selection.uids.length > 0) list.selection.setAll(false);
  else reading('[data-action="back"]')?.click();
}

const open = (list) => chosenRow(list)?.querySelector('.subject').click();
const press = (action) => () => reading(`[data-action="${action}"]`)?.click();

const label = (list, digit) =>
  labelByKey(list, digit, { focused: focusedRow(list), chosen: () => chosenRow(list) });

const unlabel = (list) =>
  unlabelByKey(list, { focused: focusedRow(list), chosen: () => chosenRow(list) });

/** To the next unread row of this page of the list, or the one before; opened where one reads. */
function stepUnread(list, by) {
  const { rows } = list;
  const ordered = by > 0 ? rows : rows.toReversed();
  const from = ordered.indexOf(list.active);
  const row = ordered.slice(from + 1).find((one) => one.classList.contains('is-unread'));
  if (!row) {
    announce(list.dataset.textNoUnread);
    return;
  }
  list.focusRow(row);
  if (reading('[data-message-subject]')) row.querySelector('.subject').click();
}

/** By the names of `src/web/commands/key-sets.ts`. */
const COMMANDS = {
  label0: (list) => unlabel(list),
  label1: (list) => label(list, '1'),
  label2: (list) => label(list, '2'),
  label3: (list) => label(list, '3'),
  label4: (list) => label(list, '4'),
  label5: (list) => label(list, '5'),
  down: (list) => step(list, 1),
  up: (list) => step(list, -1),
  nextUnread: (list) => stepUnread(list, 1),
  previousUnread: (list) => stepUnread(list, -1),
  open,
  back: leave,
  select: toggleSelected,
  selectRange,
  selectPage: (list) => list.selection.setAll(true),
  archive: (list) => act(list, 'archive'),
  delete: (list) => act(list, 'delete'),
  junk,
  move: openMove,
  star,
  unread: markUnread,
  reply: press('reply'),
  replyAll: press('reply-all'),
  forward: press('forward'),
};

/** Keys that have their meaning everywhere keep it when single-key shortcuts are off. */
const ALWAYS = {
  ArrowDown: (list) => step(list, 1),
  ArrowUp: (list) => step(list, -1),
  Home: (list) => list.focusRow(list.rows[0]),
  End: (list) => list.focusRow(list.rows.at(-1)),
  Delete: (list) => act(list, 'delete'),
};

/** One key on the mail page. */
export function onListKey(list, event) {
  if (!isForPage(event)) return;
  if (event.key === 'Escape') {
    leave(list);
    return;
  }
  // Arrows scroll the message when the focus is there: only inside the rows do they change rows.
  const isInside = event.target instanceof Element && list.contains(event.target.closest('.rows'));
  const always = isInside || event.key === 'Delete' ? ALWAYS[event.key] : undefined;
  const handler = always ?? (areShortcutsOn() ? COMMANDS[commandOf(event)] : undefined);
  if (!handler) return;
  event.preventDefault();
  handler(list);
}

/** A command from elsewhere than the keyboard. */
export const onListCommand = (list, { detail }) => COMMANDS[detail.name]?.(list);
