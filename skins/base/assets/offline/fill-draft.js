/** A composer like `page`, as the server made it, with other fields; it takes the place of that one. */
export async function filledDraft(page, fields, revision) {
  const html = await servedHtml(page);
  const parsed = new DOMParser().parseFromString(html, 'text/html').querySelector('est-draft');
  if (!parsed) return undefined;
  const draft = document.importNode(parsed, true);
  draft.dataset.restored = '1';
  draft.dataset.draft = page.dataset.draft;
  draft.dataset.revision = String(revision);
  const form = draft.querySelector('form');
  for (const box of form.querySelectorAll('input[type="checkbox"]')) box.removeAttribute('checked');
  for (const [name, value] of [['revision', String(revision)], ...fields]) fill(form, name, value);
  const copies = draft.querySelector('.compose-copies');
  if (fields.some(([name, value]) => (name === 'cc' || name === 'bcc') && value !== '')) {
    copies?.setAttribute('open', '');
  }
  return draft;
}

/** The page without what its scripts made of it. */
async function servedHtml(page) {
  const response = await fetch(window.location.href, {
    headers: { Accept: 'text/html, application/xhtml+xml' },
  });
  const text = await response.text();
  const served = /data-draft="([A-Za-z0-9_-]{22})"/.exec(text)?.[1];
  return served === undefined ? text : text.replaceAll(served, page.dataset.draft);
}

function fill(form, name, value) {
  const controls = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  if (controls.length === 0) {
    const hidden = Object.assign(document.createElement('input'), { type: 'hidden', name });
    hidden.setAttribute('value', value);
    form.prepend(hidden);
  }
  for (const control of controls) {
    if (control.localName === 'textarea') control.textContent = value;
    else if (control.localName === 'select') choose(control, value);
    else if (control.type === 'checkbox')
      control.toggleAttribute(
        'checked',
        control.value === value || control.hasAttribute('checked'),
      );
    else control.setAttribute('value', value);
  }
  if (name === 'format') form.querySelector('est-editor')?.setAttribute('data-format', value);
}

function choose(select, value) {
  for (const option of select.options) option.toggleAttribute('selected', option.value === value);
}
