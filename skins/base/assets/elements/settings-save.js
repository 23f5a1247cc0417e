import { announce } from './announce.js';

/**
 * A setting is saved as soon as it is changed, alone: what else stands on the page is not sent.
 * Without scripts, the button of the section saves them all. What is refused stays as it was typed.
 */
const queues = new WeakMap();

document.addEventListener('change', ({ target }) => {
  const form = target instanceof Element ? target.closest('form[data-saves-alone]') : null;
  const setting = form ? target.closest('.setting[data-field]') : null;
  if (!setting) return;
  // One after the other: the last choice is the one that stays.
  const before = queues.get(form) ?? Promise.resolve();
  queues.set(
    form,
    before.then(() => save(form, setting)),
  );
});

async function save(form, setting) {
  const { field } = setting.dataset;
  const fields = new FormData(form);
  const body = new URLSearchParams({ _csrf: fields.get('_csrf'), _field: field });
  if (fields.has(field)) body.set(field, fields.get(field));
  const answer = await send(form.action, body);
  const error = answer.ok
    ? ''
    : (answer.data?.problems ?? []).map(({ text }) => text).join(' ') || form.dataset.failed;
  show(setting, error === '' ? answer.data.text : error, error !== '');
  if (error === '') apply(field, fields.get(field));
}

async function send(action, body) {
  try {
    const headers = { Accept: 'application/json' };
    const response = await fetch(action, { method: 'POST', body, headers, redirect: 'error' });
    return { ok: response.ok, data: await response.json() };
  } catch {
    return { ok: false };
  }
}

/** Beside the field, tied to it, and said. */
function show(setting, text, isError) {
  for (const old of setting.querySelectorAll('.saved, .field-error')) old.remove();
  const note = document.createElement('p');
  note.className = isError ? 'field-error' : 'saved';
  note.textContent = text;
  note.id = `saved-${setting.dataset.field}`;
  setting.append(note);
  const control = setting.matches('fieldset')
    ? setting
    : setting.querySelector('input, select, textarea');
  const notes = (control.getAttribute('aria-describedby') ?? '').split(' ');
  const others = notes.filter((id) => document.getElementById(id) && id !== note.id);
  control.setAttribute('aria-describedby', [...others, note.id].join(' '));
  if (isError) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
  announce(text);
}

/** What the page itself shows of a setting. */
function apply(field, value) {
  const { dataset } = document.documentElement;
  if (field === 'density') dataset.density = value;
  else if (field === 'theme' && value === 'auto') delete dataset.theme;
  else if (field === 'theme') dataset.theme = value;
}
