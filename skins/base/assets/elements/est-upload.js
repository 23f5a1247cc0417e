import { announce } from './announce.js';
import { attachHref, changed, formOf, startFields, tokenOf } from './draft-link.js';
import { sizeText } from './sizes.js';

/** Files in the order they were chosen, one at a time: the draft is made by the first. */
class EstUpload extends HTMLElement {
  #queue = [];
  #current;
  #used = 0;
  #listening;
  #under = new Set();

  connectedCallback() {
    this.#used = Number(this.dataset.used);
    this.classList.add('is-on');
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const input = this.querySelector('input[type="file"]');
    input.addEventListener('change', () => this.#onChosen(input), { signal });
    this.addEventListener('click', (event) => this.#onClick(event), { signal });
    const area = this.closest('est-draft') ?? this;
    area.addEventListener('dragover', (event) => this.#onDrag(event), { signal });
    area.addEventListener(
      'dragleave',
      (event) => {
        if (!area.contains(event.relatedTarget)) this.#showDrop(false);
      },
      { signal },
    );
    area.addEventListener('drop', (event) => this.#onDrop(event), { signal });
  }

  disconnectedCallback() {
    this.#listening?.abort();
    this.#current?.abort();
    this.#queue = [];
  }

  get isBusy() {
    return this.#current !== undefined || this.#queue.length > 0;
  }

  #onChosen(input) {
    const files = [...input.files];
    // Emptied at once: the same file can be chosen again after a failure.
    input.value = '';
    for (const file of files) this.add(file);
  }

  #onDrag(event) {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.#showDrop(true);
  }

  #onDrop(event) {
    const files = [...(event.dataTransfer?.files ?? [])];
    this.#showDrop(false);
    if (files.length === 0) return;
    event.preventDefault();
    for (const file of files) this.add(file);
  }

  #showDrop(isShown) {
    this.querySelector('[data-upload-drop]').hidden = !isShown;
  }

  /** Joins a file. Answers the server's attachment, `undefined` when refused, failed or cancelled. */
  add(file, { inline = false } = {}) {
    const name = file.name || this.dataset.textImage;
    const left = Number(this.dataset.limit) - this.#used - this.#waitingBytes();
    const item = inline ? undefined : this.#item(name, file.size);
    if (file.size > left) {
      const text = this.#text('textTooLarge', name).replace('%left', sizeText(left, this));
      this.#fail(item, text);
      return Promise.resolve(undefined);
    }
    const joined = new Promise((done) => {
      this.#queue.push({ file, name, item, inline, done });
      void this.#next();
    });
    this.#under.add(joined);
    void joined.then(() => this.#under.delete(joined));
    return joined;
  }

  /** Waits until nothing is on its way any more; whether every file was joined. */
  async settled() {
    let isWhole = true;
    while (this.#under.size > 0) {
      const joined = await Promise.all(this.#under);
      isWhole = isWhole && joined.every(Boolean);
    }
    return isWhole;
  }

  #waitingBytes() {
    return this.#queue.reduce((sum, { file }) => sum + file.size, 0);
  }

  #text(key, name) {
    return this.dataset[key].replace('%name', name);
  }

  #item(name, size) {
    const template = this.querySelector('template[data-upload-item]');
    const item = template.content.firstElementChild.cloneNode(true);
    item.querySelector('.attachment-name').textContent = name;
    item.querySelector('.attachment-name').title = name;
    item.querySelector('.attachment-badge').textContent = (
      /\.([^.]{1,4})$/.exec(name)?.[1] ?? ''
    ).toUpperCase();
    const progress = item.querySelector('progress');
    progress.ariaLabel = this.#text('textUploading', name);
    item.querySelector('.upload-size').textContent = sizeText(size, this);
    const stop = item.querySelector('[data-upload-stop]');
    stop.title = this.#text('textCancel', name);
    stop.querySelector('.visually-hidden').textContent = stop.title;
    stop.addEventListener('click', () => this.#cancel(item));
    this.querySelector('[data-upload-list]').append(item);
    return item;
  }

  #cancel(item) {
    const waiting = this.#queue.find((one) => one.item === item);
    if (waiting) {
      this.#queue = this.#queue.filter((one) => one !== waiting);
      waiting.done(undefined);
    } else if (this.#current?.item === item) this.#current.abort();
    item.remove();
    this.querySelector('input[type="file"]').focus();
  }

  async #next() {
    if (this.#current || this.#queue.length === 0) return;
    const task = this.#queue.shift();
    const { file, name, item, done } = task;
    this.#used += file.size;
    const answer = await this.#send(task);
    this.#current = undefined;
    const { data, isAborted } = answer;
    if (data?.id) this.#joined(item, data);
    else {
      this.#used -= file.size;
      if (!isAborted) this.#fail(item, data?.error?.text ?? this.#text('textFailed', name));
    }
    this.#showUsed();
    done(data?.id ? data : undefined);
    void this.#next();
  }

  #send(task) {
    const { file, name, item, inline } = task;
    const form = formOf(this);
    const body = new FormData();
    // Fields before the file: the server checks them before it takes a byte of it.
    for (const [key, value] of startFields(form)) body.append(key, value);
    if (inline) body.append('inline', '1');
    body.append('file', file, name);
    // fetch() says nothing of what was already sent.
    const request = new XMLHttpRequest();
    this.#current = { item, abort: () => request.abort() };
    return new Promise((resolve) => {
      request.upload.addEventListener('progress', ({ loaded }) => {
        if (item) this.#showProgress(item, Math.min(loaded, file.size), file.size);
      });
      request.addEventListener('load', () => resolve({ data: request.response }));
      request.addEventListener('error', () => resolve({}));
      request.addEventListener('abort', () => resolve({ isAborted: true }));
      request.open('POST', attachHref(form));
      request.responseType = 'json';
      request.setRequestHeader('Accept', 'application/json');
      request.setRequestHeader('X-CSRF-Token', tokenOf(form));
      request.send(body);
    });
  }

  #showProgress(item, sent, size) {
    item.querySelector('progress').value = size === 0 ? 100 : Math.round((sent / size) * 100);
    item.querySelector('.upload-size').textContent =
      `${sizeText(sent, this)} / ${sizeText(size, this)}`;
  }

  #joined(item, data) {
    changed(this);
    if (!item) return;
    const { id, filename, badge, family, sizeBytes, href, removeAction } = data;
    // The server's list may have been read since.
    this.querySelector(`[data-upload="${CSS.escape(id)}"]`)?.remove();
    item.classList.add(`family-${family}`);
    item.dataset.upload = id;
    item.querySelector('.attachment-badge').textContent = badge;
    const link = item.querySelector('.attachment-name');
    link.textContent = filename;
    link.href = href;
    link.title = this.#text('textDownload', filename);
    item.querySelector('progress').remove();
    item.querySelector('.upload-size').textContent = sizeText(sizeBytes, this);
    const stop = item.querySelector('[data-upload-stop]');
    const remove = stop.cloneNode(true);
    remove.type = 'submit';
    remove.formNoValidate = true;
    remove.setAttribute('formaction', removeAction);
    remove.removeAttribute('data-upload-stop');
    Object.assign(remove.dataset, { action: 'detach', bytes: sizeBytes, name: filename });
    remove.title = this.#text('textRemove', filename);
    remove.querySelector('.visually-hidden').textContent = remove.title;
    const hadFocus = document.activeElement === stop;
    stop.replaceWith(remove);
    if (hadFocus) remove.focus();
    announce(this.#text('textUploaded', filename));
  }

  #fail(item, text) {
    announce(text);
    if (!item) return;
    item.classList.add('is-failed');
    item.querySelector('progress').remove();
    item.querySelector('.upload-size').textContent = text;
    const stop = item.querySelector('[data-upload-stop]');
    stop.title = this.#text('textRemove', item.querySelector('.attachment-name').textContent);
    stop.querySelector('.visually-hidden').textContent = stop.title;
  }

  #onClick(event) {
    const button = event.target.closest('[data-action="detach"]');
    if (!button) return;
    event.preventDefault();
    void this.#detach(button);
  }

  async #detach(button) {
    const form = formOf(this);
    const { name, bytes } = button.dataset;
    button.disabled = true;
    try {
      const response = await fetch(button.getAttribute('formaction'), {
        method: 'POST',
        headers: { Accept: 'application/json', 'X-CSRF-Token': tokenOf(form) },
        body: new URLSearchParams([['_csrf', tokenOf(form)], ...startFields(form)]),
      });
      if (!response.ok) throw new Error(String(response.status));
      button.closest('.upload').remove();
      this.#used -= Number(bytes);
      this.#showUsed();
      changed(this);
      announce(this.#text('textRemoved', name));
      this.querySelector('input[type="file"]').focus();
    } catch {
      button.disabled = false; // still joined: the button stays to try again
    }
  }

  #showUsed() {
    const page = this.closest('est-draft') ?? document;
    const meter = page.querySelector('[data-used-meter]');
    if (meter) meter.value = this.#used;
    const text = page.querySelector('[data-used-text]');
    const used = this.dataset.textUsed.replace('%used', sizeText(this.#used, this));
    if (text) text.textContent = used;
  }
}

customElements.define('est-upload', EstUpload);
