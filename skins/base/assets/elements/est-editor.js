import Squire from 'squire-rte';
import { announce } from './announce.js';
import { changed } from './draft-link.js';
import { EditorHtml, htmlOfText, plainText } from './editor-html.js';
import { dataFile, shownWidth } from './editor-images.js';
import { EditorLink } from './editor-link.js';
import { EditorToolbar } from './editor-toolbar.js';
import { switchBlocks, switchedText } from './signature-switch.js';

const IMAGES = 'image/png,image/jpeg,image/gif,image/webp';

const addressOf = (image) => image.getAttribute('src') ?? image.dataset.src ?? '';

/**
 * The text of the message, with or without formatting. The plain text stays in its textarea; a
 * formatted one joins the form's data when that is collected, with the text it reads as.
 */
class EstEditor extends HTMLElement {
  #html;
  #squire;
  #body;
  /** Addresses of the images that the text came with. */
  #images;
  #listening;

  connectedCallback() {
    if (this.#listening) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#switch().addEventListener('click', () => this.#toggle(), { signal });
    this.closest('form').addEventListener('formdata', (event) => this.#fill(event), { signal });
    this.querySelector('[data-editor-foot]').hidden = false;
    if (this.dataset.format === 'html') this.#rich(this.#source().value);
    else this.#showSwitch();
  }

  disconnectedCallback() {
    this.#listening?.abort();
    this.#listening = undefined;
    this.#destroy();
  }

  /** The caret at the start: an answer is written above what it quotes. */
  focus() {
    if (this.#squire) this.#squire.moveCursorToStart().focus();
    else {
      this.#text().focus();
      this.#text().setSelectionRange(0, 0);
    }
  }

  /** Images that have another address from now on: `[before, after]` pairs. */
  moveImages(pairs) {
    const moved = this.#html?.move(pairs) ?? [];
    for (const image of this.#body?.querySelectorAll('img') ?? []) {
      const pair = moved.find(([before]) => before === addressOf(image));
      if (!pair) continue;
      image.setAttribute('src', pair[1]);
      delete image.dataset.src;
    }
  }

  /**
   * Puts the signature of one template in the place of another's, as one step that can be undone.
   * False when the former was written into: it stays.
   */
  switchSignature({ before, after, isAbove }) {
    if (!this.#squire) {
      const field = this.#text();
      const { text: former } = before.dataset;
      const text = switchedText(field.value, former, after.dataset.text, isAbove);
      if (text !== undefined) field.value = text;
      return text !== undefined;
    }
    this.#squire.saveUndoState();
    const parts = { before: before.content, after: after.content, isAbove };
    const isDone = switchBlocks(this.#body, parts);
    if (isDone) changed(this);
    return isDone;
  }

  #switch() {
    return this.querySelector('[data-editor-switch]');
  }

  #text() {
    return this.querySelector('textarea[name="text"]');
  }

  #source() {
    return this.querySelector('textarea[name="html"]');
  }

  #fill({ formData }) {
    if (!this.#squire) return;
    formData.set('format', 'html');
    formData.set('html', this.#html.restored(this.#squire.getHTML()));
    formData.set('text', plainText(this.#body));
  }

  /** Formatted from now on, starting with this HTML. */
  #rich(html) {
    this.#html = new EditorHtml();
    this.#html.attach();
    const body = document.createElement('div');
    body.className = 'editor-body';
    body.role = 'textbox';
    body.ariaMultiLine = 'true';
    body.ariaLabel = this.dataset.textLabel;
    body.spellcheck = true;
    this.#body = body;
    this.#text().hidden = true;
    this.#text().before(body);
    this.#squire = new Squire(body, {
      blockTag: 'DIV', // as the server writes a new text and a quote
      sanitizeToDOMFragment: (source) => this.#html.fragment(source),
      willCutCopy: (source) => this.#html.restored(source),
    });
    this.#squire.setHTML(html);
    this.#images = new Set([...body.querySelectorAll('img')].map(addressOf));
    this.#squire.addEventListener('input', () => changed(this));
    this.#squire.addEventListener('pasteImage', ({ detail }) => void this.#paste(detail));
    this.#squire.addEventListener('willPaste', ({ detail }) => this.#onPaste(detail));
    // Squire's handles around an image are placed by style attributes, which the policy refuses.
    body.addEventListener('click', (event) => {
      if (event.target instanceof HTMLImageElement) event.stopPropagation();
    });
    const link = new EditorLink(this.querySelector('[data-editor-link]'), this.#squire, {
      invalid: this.dataset.textLinkInvalid,
    });
    this.#squire.setKeyHandler('Ctrl-k', (_squire, event) => {
      event.preventDefault();
      link.open();
    });
    new EditorToolbar(this.#bar(), this.#squire, {
      open: { link: () => link.open(), image: () => this.#chooseImage() },
      unquote: this.dataset.textUnquote,
    });
    this.#showSwitch();
  }

  /** A fresh copy each time: the listeners of the editor before must not act on this one. */
  #bar() {
    const bar = this.querySelector('[data-editor-bar]');
    const fresh = bar.cloneNode(true);
    bar.replaceWith(fresh);
    return fresh;
  }

  #destroy() {
    this.#squire?.destroy();
    this.#html?.detach();
    this.#body?.remove();
    this.#squire = undefined;
    this.#body = undefined;
  }

  #toggle() {
    if (this.#squire) {
      this.#text().value = plainText(this.#body);
      this.#destroy();
      this.#text().hidden = false;
      this.querySelector('[data-editor-bar]').hidden = true;
      this.#showSwitch();
      this.#text().focus();
    } else {
      this.#rich(htmlOfText(this.#text().value));
      this.#squire.focus();
    }
    changed(this);
  }

  #showSwitch() {
    const button = this.#switch();
    const isRich = this.#squire !== undefined;
    button.textContent = isRich ? button.dataset.textPlain : button.dataset.textRich;
    // Asked by the page's own dialog: formatting is lost on the way to plain text.
    if (isRich) button.dataset.confirm = this.dataset.textConfirmPlain;
    else delete button.dataset.confirm;
  }

  /**
   * Images of other pages would ask their servers for something at each reader's, and those of
   * another draft stay with it: not pasted, unless the text had them before they were cut.
   */
  #onPaste({ fragment }) {
    if (!fragment) return;
    const own = `${this.closest('form').getAttribute('action')}/`;
    for (const image of fragment.querySelectorAll('img')) {
      const address = addressOf(image);
      if (address.startsWith('data:')) void this.#takeIn(address);
      else if (!address.startsWith(own) && !this.#images.has(address)) image.remove();
    }
  }

  /** A pasted image that stands in the HTML itself becomes a file of the draft, as any other. */
  async #takeIn(address) {
    const file = dataFile(address, this.dataset.textImage);
    const joined = file && (await this.#upload()?.add(file, { inline: true }));
    for (const image of this.#body?.querySelectorAll('img') ?? []) {
      if (image.getAttribute('src') !== address) continue;
      if (joined) image.setAttribute('src', joined.href);
      else image.remove();
    }
    changed(this);
  }

  #upload() {
    return this.closest('form')?.querySelector('est-upload');
  }

  async #paste({ clipboardData }) {
    const files = [...(clipboardData?.files ?? [])].filter(({ type }) => IMAGES.includes(type));
    for (const file of files) await this.#insert(file);
  }

  #chooseImage() {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = IMAGES;
    input.addEventListener('change', () => void this.#insert(input.files[0]));
    input.click();
  }

  async #insert(file) {
    const upload = this.#upload();
    if (!file || !upload || !this.#squire) return;
    const [joined, width] = await Promise.all([
      upload.add(file, { inline: true }),
      shownWidth(file),
    ]);
    if (!joined || !this.#squire) return;
    const alt = file.name || this.dataset.textImage;
    this.#squire.insertImage(joined.href, { alt, ...(width && { width: String(width) }) });
    announce(this.dataset.textImage);
  }
}

customElements.define('est-editor', EstEditor);
