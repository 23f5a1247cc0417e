/** Every address of the draft in its page: form, buttons, links, images. */
function moveAddresses(page, before, after) {
  for (const control of page.querySelectorAll('form, [formaction], a[href]')) {
    for (const name of ['action', 'formaction', 'href']) {
      const value = control.getAttribute(name);
      if (value === before || value?.startsWith(`${before}/`)) {
        control.setAttribute(name, after + value.slice(before.length));
      }
    }
  }
}

const imagesOf = (html) => [...html.matchAll(/<img\b[^>]*? src="([^"]*)"/g)].map(([, src]) => src);

/** Files of the draft by the server's list; those still on their way there stay behind them. */
function showFiles(list, files) {
  const joined = [...files.children].map((one) => document.importNode(one, true));
  const waiting = [...list.children].filter((one) => one.dataset.upload === undefined);
  list.replaceChildren(...joined, ...waiting);
}

/** Whether files of the original are named in the page and not yet copied to the draft. */
export const hasPending = (page) =>
  page.querySelector(
    '[data-upload^="pending:"], .editor-body img[data-src*="/attachments/pending:"]',
  ) !== null;

/** Files and images of the draft `path` as its page has them, in the place of the ones shown. */
export async function refreshFiles(page, path, savedHtml) {
  const response = await fetch(path, { headers: { Accept: 'text/html' } });
  if (!response.ok) throw new Error(String(response.status));
  const parsed = new DOMParser().parseFromString(await response.text(), 'text/html');
  const files = parsed.querySelector('[data-upload-list]');
  if (files) showFiles(page.querySelector('[data-upload-list]'), files);
  const html = parsed.querySelector('textarea[name="html"]')?.value ?? '';
  const [before, after] = [imagesOf(savedHtml), imagesOf(html)];
  // The same text, so the same images in the same order; anything else is left as it is.
  if (before.length !== after.length) return;
  page.querySelector('est-editor').moveImages(before.map((address, at) => [address, after[at]]));
}

/**
 * A conflict leaves the draft to the other tab, and this one goes on in another draft, whose copies
 * of the files have names of their own. `savedHtml` is the text that the save was made of.
 */
export async function moveDraft(page, { before, after, savedHtml }) {
  moveAddresses(page, before, after);
  const hasFiles = page.querySelector('[data-upload-list] > *, .editor-body img') !== null;
  if (hasFiles) await refreshFiles(page, after, savedHtml);
}
