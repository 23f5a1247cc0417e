/**
 * What the parts of the composer share: the form of the draft they stand in. Its addresses change
 * when a save goes on in another draft, so they are read each time and never kept.
 */
export const formOf = (element) => element.closest('form');

export const tokenOf = (form) => form.elements['_csrf'].value;

/** Hidden fields that say how the draft began: its first POST makes it from them. */
export function startFields(form) {
  const names = ['mode', 'original', 'original_uidvalidity'];
  return names.flatMap((name) => {
    const field = form.elements[name];
    return field ? [[name, field.value]] : [];
  });
}

export const attachHref = (form) => form.querySelector('[data-action="attach"]').formAction;

/** Tells the draft that something worth saving changed. */
export const changed = (element) =>
  element.dispatchEvent(new CustomEvent('estafette:compose:changed', { bubbles: true }));
