const ICONS = { ok: 'check', warn: 'alert', danger: 'alert' };

/** A notice like those of the server, in their place; an error stays until it is closed. */
export function showToast(text, level) {
  const template = document.getElementById('toast-template');
  const place = document.getElementById('toasts');
  if (!template || !place) return;
  const toast = document.importNode(template.content, true).firstElementChild;
  const box = toast.querySelector('.toast');
  box.classList.add(level);
  box.setAttribute('role', level === 'danger' ? 'alert' : 'status');
  for (const icon of box.querySelectorAll('[data-level]')) {
    if (icon.dataset.level === ICONS[level]) icon.replaceWith(...icon.childNodes);
    else icon.remove();
  }
  box.querySelector('.toast-text').textContent = text;
  place.append(toast);
}
