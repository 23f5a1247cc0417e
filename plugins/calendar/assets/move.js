// Events are moved and stretched with a mouse or a pen, and drawn on free hours. Fingers scroll, and
// keys have the form of the event, which does the same; nothing here is the only way.
const STEP_MINUTES = 15;
const THRESHOLD_PX = 5;
const EDGE_PX = 7;
const KEY = 'calendar.moved';

const parse = (text) => Date.parse(`${text}Z`);
const stamp = (ms) => new Date(ms).toISOString().slice(0, 16);
const minutes = (count) => count * 60_000;
const DAY = minutes(24 * 60);

let drag;

/** The column or cell of a day under a point; the blocks over it do not count. */
function dayAt(x, y, kind) {
  if (kind === 'month')
    return document
      .elementsFromPoint(x, y)
      .map((one) => one.closest('td[data-day]'))
      .find(Boolean);
  return [...document.querySelectorAll('.cal-column[data-day]')].find((column) => {
    const { left, right } = column.getBoundingClientRect();
    return x >= left && x < right;
  });
}

const hourPx = (column) => column.querySelector('.cal-slots a').getBoundingClientRect().height;

/** The wall time of a height in a column, on a step. */
function timeAt(column, y) {
  const top = column.getBoundingClientRect().top;
  const first = Number(column.closest('.cal-hours').dataset.h);
  const at = first * 60 + ((y - top) / hourPx(column)) * 60;
  const stepped = Math.round(at / STEP_MINUTES) * STEP_MINUTES;
  return parse(`${column.dataset.day}T00:00`) + minutes(stepped);
}

function begin(event) {
  if (event.button !== 0 || event.pointerType === 'touch' || event.ctrlKey || event.metaKey) return;
  const link = event.target.closest('a[data-move]');
  const slot = event.target.closest('.cal-slots a');
  if (!document.getElementById('calendar-moving') || !(link || slot)) return;
  if (slot) {
    const column = slot.closest('.cal-column');
    drag = {
      kind: 'draw',
      column,
      from: timeAt(column, event.clientY),
      x: event.clientX,
      y: event.clientY,
    };
    return;
  }
  const item = link.closest('li');
  const kind = link.closest('.cal-month') ? 'month' : link.closest('.cal-bars') ? 'bars' : 'hours';
  const box = item.getBoundingClientRect();
  const isEdge =
    kind === 'hours' && box.bottom - event.clientY <= EDGE_PX && box.height > 3 * EDGE_PX;
  drag = {
    kind: isEdge ? 'stretch' : kind,
    item,
    link,
    start: parse(link.dataset.start),
    end: parse(link.dataset.end),
    grabbed: event.clientY - box.top,
    day: dayAt(event.clientX, event.clientY, kind)?.dataset.day,
    x: event.clientX,
    y: event.clientY,
  };
}

function move(event) {
  if (!drag) return;
  const isFar = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= THRESHOLD_PX;
  if (!drag.isOn && !isFar) return;
  if (!drag.isOn) {
    drag.isOn = true;
    document.documentElement.classList.add('cal-dragging');
    if (drag.kind === 'draw') {
      drag.ghost = document.createElement('div');
      drag.ghost.className = 'cal-ghost';
      drag.column.append(drag.ghost);
    } else drag.item.classList.add('is-moved');
  }
  event.preventDefault();
  drag.to = targetOf(event);
  draw(event);
}

/** Times that the pointer would give. */
function targetOf(event) {
  const { kind, start, end } = drag;
  if (kind === 'draw') {
    const at = timeAt(drag.column, event.clientY);
    const [from, to] = at > drag.from ? [drag.from, at] : [at, drag.from];
    return { start: from, end: Math.max(to, from + minutes(STEP_MINUTES)) };
  }
  const column = dayAt(event.clientX, event.clientY, kind);
  if (!column) return undefined;
  if (kind === 'stretch') {
    const own = drag.item.closest('.cal-column');
    return { start, end: Math.max(timeAt(own, event.clientY), start + minutes(STEP_MINUTES)) };
  }
  if (kind === 'hours') {
    const at = timeAt(column, event.clientY - drag.grabbed);
    return { start: at, end: at + (end - start), column };
  }
  if (!drag.day) return undefined;
  const days = Math.round(
    (parse(`${column.dataset.day}T00:00`) - parse(`${drag.day}T00:00`)) / DAY,
  );
  return { start: start + days * DAY, end: end + days * DAY, column };
}

function draw(event) {
  const { kind, to, item, ghost } = drag;
  if (kind === 'draw' && to) {
    const hour = hourPx(drag.column);
    const first =
      parse(`${drag.column.dataset.day}T00:00`) +
      minutes(60 * Number(drag.column.closest('.cal-hours').dataset.h));
    ghost.style.insetBlockStart = `${((to.start - first) / minutes(60)) * hour}px`;
    ghost.style.height = `${((to.end - to.start) / minutes(60)) * hour}px`;
    ghost.textContent = `${stamp(to.start).slice(11)} – ${stamp(to.end).slice(11)}`;
    return;
  }
  if (kind === 'stretch' && to) {
    item.style.height = `${((to.end - to.start) / minutes(60)) * hourPx(item.closest('.cal-column'))}px`;
    return;
  }
  item.style.transform = `translate(${event.clientX - drag.x}px, ${event.clientY - drag.y}px)`;
  const clock = item.querySelector('.cal-clock');
  if (kind === 'hours' && to && clock?.firstChild)
    clock.firstChild.textContent = stamp(to.start).slice(11);
}

async function end(event) {
  const done = drag;
  drag = undefined;
  if (!done?.isOn) return;
  document.documentElement.classList.remove('cal-dragging');
  // The click that ends a drag opens nothing.
  document.addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener('click', swallow, { capture: true }), 50);
  const { to } = done;
  if (done.kind === 'draw') {
    done.ghost.remove();
    const { dataset } = document.getElementById('calendar-moving');
    if (event.type !== 'pointercancel')
      visit(`${dataset.new}?start=${stamp(to.start)}&end=${stamp(to.end)}`);
    return;
  }
  if (event.type === 'pointercancel' || !to || (to.start === done.start && to.end === done.end)) {
    back(done);
    return;
  }
  const { move: id, at = '', etag } = done.link.dataset;
  const scope = at === '' ? 'all' : await ask();
  if (scope === '') {
    back(done);
    return;
  }
  await write(done, { id, at, etag, scope, start: stamp(to.start), end: stamp(to.end) });
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** Puts it back to where it was; the clock that was written over comes with the page. */
function back({ item, link, kind }) {
  item.classList.remove('is-moved');
  item.removeAttribute('style');
  const clock = item.querySelector('.cal-clock');
  if (kind === 'hours' && clock?.firstChild)
    clock.firstChild.textContent = link.dataset.start.slice(11);
}

/** For which occurrences; `''` for none. */
function ask() {
  const dialog = document.getElementById('calendar-scope');
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue), { once: true });
  });
}

async function send(fields) {
  const place = document.getElementById('calendar-moving');
  const body = new URLSearchParams({
    ...fields,
    uid: crypto.randomUUID(),
    _csrf: place.querySelector('[name="_csrf"]').value,
  });
  const answer = await fetch(place.dataset.action, { method: 'POST', body });
  return { isDone: answer.ok, ...(await answer.json()) };
}

async function write(done, fields) {
  const result = await send(fields).catch(() => ({ isDone: false }));
  if (!result.isDone) {
    back(done);
    tell('problem', (toast) => {
      toast.querySelector('a').href = done.link.href;
    });
    return;
  }
  // A series that was moved or cut in two has other occurrences: its form takes that back.
  const isUndone = fields.at === '' || fields.scope === 'this';
  const undo = { ...fields, etag: result.etag, start: stamp(done.start), end: stamp(done.end) };
  sessionStorage.setItem(KEY, JSON.stringify(isUndone ? undo : {}));
  visit(location.href, 'replace');
}

function visit(href, action = 'advance') {
  if (window.Turbo) window.Turbo.visit(href, { action });
  else location.assign(href);
}

function tell(kind, prepare) {
  const place = document.getElementById('calendar-moving');
  const toast = place
    ?.querySelector(`template[data-${kind}]`)
    .content.firstElementChild.cloneNode(true);
  if (!toast) return;
  prepare(toast);
  document.getElementById('toasts')?.replaceChildren(toast);
}

/** After a move the page is drawn anew, and says what was done. */
function arrived() {
  // The present hour is in sight, where the hours do not fit the window.
  const grid = document.querySelector('.cal-grid');
  const now = grid?.querySelector('.cal-now');
  if (now && grid.scrollHeight > grid.clientHeight)
    grid.scrollTop = Math.max(0, now.offsetTop - grid.clientHeight / 3);
  const text = sessionStorage.getItem(KEY);
  if (text === null || !document.getElementById('calendar-moving')) return;
  sessionStorage.removeItem(KEY);
  const undo = JSON.parse(text);
  tell('toast', (toast) => {
    const button = toast.querySelector('[data-action="undo"]');
    if (undo.id === undefined) button.remove();
    button.addEventListener('click', async () => {
      button.disabled = true;
      const result = await send(undo).catch(() => ({ isDone: false }));
      if (result.isDone) visit(location.href, 'replace');
      else tell('problem', () => undefined);
    });
  });
}

document.addEventListener('pointerdown', begin);
document.addEventListener('pointermove', move);
document.addEventListener('pointerup', end);
document.addEventListener('pointercancel', end);
// Browsers drag links of their own accord.
document.addEventListener('dragstart', (event) => {
  if (event.target.closest?.('a[data-move], .cal-slots a')) event.preventDefault();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !drag?.isOn) return;
  const { kind, ghost } = drag;
  if (kind === 'draw') ghost.remove();
  else back(drag);
  document.documentElement.classList.remove('cal-dragging');
  drag = undefined;
});
document.addEventListener('turbo:load', arrived);
if (document.readyState !== 'loading') arrived();
