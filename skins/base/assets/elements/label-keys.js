const LABELS = '.label-choice [data-action="label"]';

/** The button of the n-th label of a bar: of the selection, or of the open message. */
const nth = (place, digit) => place?.querySelectorAll(LABELS)[Number(digit) - 1];

/** Whether a row shows the label: there the key takes it off, as on an open message. */
function isOn(row, button) {
  const { keyword } = button.dataset;
  return [...row.querySelectorAll('.tags .tag')].some((tag) => tag.dataset.keyword === keyword);
}

/** 1 to 5: a label on the checked rows; on and off on the row in focus or the open message. */
export function labelByKey(list, digit, { focused, chosen }) {
  const bar = nth(list.querySelector('#list-actions'), digit);
  if (list.selection.uids.length > 0) {
    bar?.click();
    return;
  }
  const open = nth(document.getElementById('reading'), digit);
  if (open && !focused) {
    open.click();
    return;
  }
  const row = bar && chosen();
  if (row) list.pressForRow(row, bar, isOn(row, bar) ? { on: '0' } : {});
}

/** 0: no label any more, on the checked rows, the row in focus or the open message. */
export function unlabelByKey(list, { focused, chosen }) {
  const button = (place) => place?.querySelector('[data-action="unlabel-all"]');
  const bar = button(list.querySelector('#list-actions'));
  if (list.selection.uids.length > 0) {
    bar?.click();
    return;
  }
  const reading = document.getElementById('reading');
  if (!focused && reading?.querySelector('[data-message-uid]')) {
    button(reading)?.click();
    return;
  }
  const row = bar && chosen();
  if (row?.querySelector('.tags .tag')) list.pressForRow(row, bar);
}
