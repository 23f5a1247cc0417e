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

/**
 * A conflict leaves the draft to the other tab, and this one goes on in another draft, whose copies
 * of the files have names of their own: read from its page, put in the place of the old ones.
 * `savedHtml` is the text that the save was made of.
 */
export async function moveDraft(page, { before, after, savedHtml }) {
  moveAddresses(page, before, after);
  const list = page.querySelector('[data-upload-list]');
  const images = [...page.querySelectorAll('.editor-body img[src]')];
  if (list.childElementCount === 0 && images.length === 0) return;
  const response = await fetch(after, { headers: { Accept: 'text/html' } });
  if (!response.ok) return;
  const parsed = new DOMParser().parseFromString(await response.text(), 'text/html');
  const files = parsed.querySelector('[data-upload-list]');
  if (files)
    list.replaceChildren(...[...files.children].map((one) => document.importNode(one, true)));
  const old = imagesOf(savedHtml);
  const fresh = imagesOf(parsed.querySelector('textarea[name="html"]')?.value ?? '');
  // The same text, so the same images in the same order; anything else is left as it is.
  if (old.length !== fresh.length) return;
  for (const image of images) {
    const at = old.indexOf(image.getAttribute('src'));
    if (at >= 0) image.setAttribute('src', fresh[at]);
  }
}
