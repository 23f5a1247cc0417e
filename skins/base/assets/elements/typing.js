const KEY = 'estafette.shortcuts';
const EDITABLE = 'input, textarea, select, [contenteditable]:not([contenteditable="false"])';
/** A checked row still takes shortcuts: a checkbox is not a place to write. */
const NOT_WRITTEN = 'input[type="checkbox"], input[type="radio"]';

/** Single keys can be turned off, for speech input and for those who hit them by accident. */
export function areShortcutsOn() {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true; // storage refused by the browser: the default holds
  }
}

export function setShortcuts(isOn) {
  try {
    if (isOn) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, 'off');
  } catch {
    // Storage refused: the choice lasts as long as nothing else can be done.
  }
}

/** Whether a key is for the page: not while writing, in a dialog, or with a modifier. */
export function isForPage(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.isComposing || document.querySelector('dialog[open]')) return false;
  const { target } = event;
  if (!(target instanceof Element)) return true;
  if (target.closest('details.menu[open]')) return false;
  return !target.closest(EDITABLE) || target.matches(NOT_WRITTEN);
}
