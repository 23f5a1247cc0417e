import { announce } from './announce.js';

/** Checked rows of a list: state lives in the checkboxes, so that forms post it as it is. */
export class ListSelection {
  #list;
  #last;

  constructor(list) {
    this.#list = list;
  }

  get boxes() {
    return [...this.#list.querySelectorAll('.pick input')];
  }

  get uids() {
    return this.boxes.filter((box) => box.checked).map((box) => box.value);
  }

  /** A click on a box; with Shift, all boxes from the last one clicked take its state. */
  click(box, isRange) {
    const { boxes } = this;
    const from = boxes.indexOf(this.#last);
    const to = boxes.indexOf(box);
    if (isRange && from >= 0 && to >= 0) {
      const [first, end] = from < to ? [from, to] : [to, from];
      for (const one of boxes.slice(first, end + 1)) one.checked = box.checked;
    }
    this.#last = box;
    this.show();
  }

  setAll(isChecked) {
    for (const box of this.boxes) box.checked = isChecked;
    this.show();
  }

  /** Writes the count where it is read and where it is heard. */
  show({ isQuiet = false } = {}) {
    const { length } = this.uids;
    const texts = this.#list.dataset;
    const text =
      length === 0
        ? texts.textSelectedNone
        : length === 1
          ? texts.textSelectedOne
          : texts.textSelectedMany.replace('%n', String(length));
    const all = this.#list.querySelector('[data-action="select-all"]');
    if (all) {
      // Offered once the whole page is checked: nobody acts on what they do not see by mistake.
      const isWhole = length > 0 && length === this.boxes.length;
      all.closest('label').hidden = !isWhole;
      this.#list.querySelector('[data-action="select-page"]').hidden = isWhole;
      if (!isWhole) all.checked = false;
    }
    const place = this.#list.querySelector('[data-selection-count]');
    if (place && length > 0) place.textContent = text;
    if (!isQuiet && text !== this.said) announce(text);
    this.said = text;
  }
}
