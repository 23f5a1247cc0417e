const BLOCKS = /^(?:P|DIV|H[1-6]|PRE)$/;

/** Blocks of the selection to another element: paragraph, titles, fixed width. */
function setBlocks(squire, tag) {
  squire.modifyBlocks((fragment) => {
    for (const block of [...fragment.querySelectorAll('p, div, h1, h2, h3, h4, h5, h6, pre')]) {
      if (!BLOCKS.test(block.nodeName) || block.querySelector('p, div, ul, ol, table, blockquote'))
        continue;
      const next = document.createElement(tag);
      next.append(...block.childNodes);
      block.replaceWith(next);
    }
    return fragment;
  });
  squire.focus();
}

/** Command → what it does, and whether the selection already has it. */
const COMMANDS = {
  bold: { has: (s) => s.hasFormat('B'), on: (s) => s.bold(), off: (s) => s.removeBold() },
  italic: { has: (s) => s.hasFormat('I'), on: (s) => s.italic(), off: (s) => s.removeItalic() },
  underline: {
    has: (s) => s.hasFormat('U'),
    on: (s) => s.underline(),
    off: (s) => s.removeUnderline(),
  },
  ul: {
    has: (s) => s.hasFormat('UL'),
    on: (s) => s.makeUnorderedList(),
    off: (s) => s.removeList(),
  },
  ol: { has: (s) => s.hasFormat('OL'), on: (s) => s.makeOrderedList(), off: (s) => s.removeList() },
  quote: {
    has: (s) => s.hasFormat('BLOCKQUOTE'),
    on: (s) => s.increaseQuoteLevel(),
    off: (s) => s.decreaseQuoteLevel(),
  },
  clear: { on: (s) => s.removeAllFormatting() },
  undo: { on: (s) => s.undo() },
  redo: { on: (s) => s.redo() },
};

/** The buttons over the editor: one stop of the tab key, arrows within (ARIA toolbar). */
export class EditorToolbar {
  #bar;
  #squire;
  #quoteTexts;

  /** `open`: commands that need more than the editor, by name (`link`, `image`). */
  constructor(bar, squire, { open, unquote }) {
    this.#bar = bar;
    this.#squire = squire;
    const quote = this.#button('quote');
    this.#quoteTexts = { true: unquote, false: quote.title };
    bar.hidden = false;
    // The press would take the selection out of the text.
    bar.addEventListener('pointerdown', (event) => {
      if (event.target.closest('button')) event.preventDefault();
    });
    bar.addEventListener('click', ({ target }) => {
      const name = target.closest('[data-editor]')?.dataset.editor;
      if (!name) return;
      if (open[name]) open[name]();
      else this.#run(name);
    });
    bar.addEventListener('keydown', (event) => this.#onKey(event));
    bar.addEventListener('focusin', ({ target }) => this.#rove(target));
    const style = bar.querySelector('[data-editor-style]');
    style.addEventListener('change', () => setBlocks(squire, style.value));
    for (const type of ['pathChange', 'select', 'cursor']) {
      squire.addEventListener(type, () => this.#show());
    }
    squire.addEventListener('undoStateChange', ({ detail }) => this.#showUndo(detail));
    this.#showUndo({ canUndo: false, canRedo: false });
    this.#rove(style);
    this.#show();
  }

  #button(name) {
    return this.#bar.querySelector(`[data-editor="${name}"]`);
  }

  #controls() {
    return [...this.#bar.querySelectorAll('select, button:not(:disabled)')];
  }

  #run(name) {
    const { has, on, off } = COMMANDS[name];
    if (has?.(this.#squire)) off(this.#squire);
    else on(this.#squire);
    this.#show();
  }

  #show() {
    for (const [name, { has }] of Object.entries(COMMANDS)) {
      if (!has) continue;
      const button = this.#button(name);
      const isOn = has(this.#squire);
      button.setAttribute('aria-pressed', String(isOn));
      if (name === 'quote') button.title = this.#quoteTexts[isOn];
    }
    this.#button('link').setAttribute('aria-pressed', String(this.#squire.hasFormat('A')));
    const block = ['H2', 'H3', 'PRE'].find((tag) => this.#squire.hasFormat(tag));
    this.#bar.querySelector('[data-editor-style]').value = (block ?? 'DIV').toLowerCase();
  }

  #showUndo({ canUndo, canRedo }) {
    const hadFocus = this.#bar.contains(document.activeElement);
    this.#button('undo').disabled = !canUndo;
    this.#button('redo').disabled = !canRedo;
    if (hadFocus && document.activeElement?.disabled) this.#controls()[0].focus();
  }

  #rove(to) {
    for (const control of this.#bar.querySelectorAll('select, button')) {
      control.tabIndex = control === to ? 0 : -1;
    }
  }

  #onKey(event) {
    const isSelect = event.target.matches('select');
    const controls = this.#controls();
    const at = controls.indexOf(event.target);
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ...(!isSelect && { Home: 0, End: controls.length - 1 }),
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    controls[(to + controls.length) % controls.length].focus();
  }
}
