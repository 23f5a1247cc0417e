/** A typed address as a link: `ministere.example` → https, `a@b.fr` → mailto; undefined when none. */
export function linkHref(text) {
  const typed = text.trim();
  if (/^(?:https?:\/\/|mailto:|tel:)\S+$/i.test(typed)) return typed;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(typed)) return `mailto:${typed}`;
  if (/^[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?$/.test(typed)) return `https://${typed}`;
  return undefined;
}

/** The dialog of a link: address and text, over the selection of the editor. */
export class EditorLink {
  #dialog;
  #squire;
  #range;
  #invalid;

  constructor(dialog, squire, { invalid }) {
    this.#dialog = dialog;
    this.#squire = squire;
    this.#invalid = invalid;
    const on = (name, act) =>
      dialog.querySelector(`[data-link-${name}]`).addEventListener('click', act);
    on('add', () => this.#add());
    on('cancel', () => dialog.close());
    on('remove', () => {
      this.#restore();
      this.#squire.removeLink();
    });
    dialog.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !event.target.matches('input')) return;
      event.preventDefault(); // the form around the dialog is not what is confirmed
      event.stopPropagation();
      this.#add();
    });
    dialog.addEventListener('close', () => this.#squire.focus());
  }

  #field(name) {
    return this.#dialog.querySelector(`[data-link-${name}]`);
  }

  open() {
    this.#range = this.#squire.getSelection();
    const start = this.#range.startContainer;
    const inside = start instanceof Element ? start : start.parentElement;
    const link = inside?.closest('.editor-body a[href]');
    if (link) this.#range.selectNodeContents(link);
    this.#field('href').value = link?.getAttribute('href') ?? '';
    this.#field('text').value = this.#range.toString();
    this.#field('remove').hidden = !link;
    this.#showError('');
    this.#dialog.showModal();
    this.#field('href').focus();
  }

  #restore() {
    this.#dialog.close();
    this.#squire.setSelection(this.#range);
  }

  #showError(text) {
    this.#field('error').textContent = text;
    this.#field('href').setAttribute('aria-invalid', String(text !== ''));
  }

  #add() {
    const href = linkHref(this.#field('href').value);
    if (!href) {
      this.#showError(this.#invalid);
      this.#field('href').focus();
      return;
    }
    const text = this.#field('text').value;
    this.#restore();
    if (text !== '' && text !== this.#range.toString()) {
      const link = document.createElement('a');
      link.href = href;
      link.textContent = text;
      this.#squire.insertHTML(link.outerHTML);
    } else this.#squire.makeLink(href);
    this.#stepOut();
  }

  /** The caret goes behind the link: what is typed next must not replace it. */
  #stepOut() {
    const range = this.#squire.getSelection();
    range.collapse(false);
    this.#squire.setSelection(range);
  }
}
