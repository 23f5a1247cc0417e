import { randomUUID } from 'node:crypto';
import type { PluginResponse, PluginRouter } from 'estafette/plugin';
import type { CalendarConfig } from '../config';
import { IcsError } from '../ics';
import { parseCalendar, textOf } from '../ics/jcal';
import { type Desk, hrefOf, isWritable, oneOf, page } from '../pages/common';
import { clockOf, isoOf, parseClock, parseDay } from '../pages/dates';
import { sideOf } from '../pages/side';
import { REFUSAL_TEXTS } from '../pages/texts';
import { SENTENCE_CHARS, understand } from '../quick';
import { type Calendar, canDelete, canWrite, type Put, type StoredObject } from '../store';
import { DAY_MS, dayOfWall } from '../time/days';
import { changedTask, markedTask, newTask, type TaskFields } from './edit';
import { type Due, factsOfPart, taskPart } from './facts';
import { localDue, showTasks } from './page';

const TITLE_MAX = 500;
const NOTES_MAX = 20_000;
/** High, middle, low, as telephones have them (RFC 5545 §3.8.1.9). */
const PRIORITIES = [0, 1, 5, 9] as const;
const PRIORITY_TEXTS = {
  0: 'calendar:tasks.priority.none',
  1: 'calendar:tasks.priority.high',
  5: 'calendar:tasks.priority.middle',
  9: 'calendar:tasks.priority.low',
} as const;
/** A message of one's own mailbox. */
const MESSAGE = /^\/mail\/me\/[^/?#\s]{1,500}\/\d{1,10}$/;

/** `/calendar/tasks`: lists of what is to be done (VTODO), beside the calendars that hold them. */
export function taskRoutes(router: PluginRouter<CalendarConfig>): void {
  router.get('/tasks', page(showTasks));
  router.post('/tasks/add', page(addTask));
  router.post('/tasks/mark', page(markTask));
  router.get('/tasks/task', page(showTask));
  router.post('/tasks/task', page(saveTask));
  router.post('/tasks/delete', page(deleteTask));
}

interface Opened {
  readonly stored: StoredObject;
  readonly calendar: Calendar;
  readonly fields: TaskFields;
  readonly message: string;
}

/** A task that a form or an address names, where the person reaches it. */
async function openTask(
  { store, person, calendars }: Desk,
  id: string,
): Promise<Opened | undefined> {
  const stored = id === '' ? undefined : await store.objectById(person, id);
  const calendar = calendars.find((one) => one.id === stored?.calendar);
  if (stored?.component !== 'VTODO' || stored.isMasked || !calendar) return undefined;
  try {
    const whole = parseCalendar(stored.text);
    const part = taskPart(whole);
    if (!part) return undefined;
    const { due, priority, percent } = factsOfPart(whole, part);
    const message = textOf(part, 'x-estafette-message');
    return {
      stored,
      calendar,
      message: MESSAGE.test(message) ? message : '',
      fields: {
        summary: textOf(part, 'summary'),
        description: textOf(part, 'description'),
        due,
        priority,
        percent,
      },
    };
  } catch (error) {
    if (error instanceof IcsError) return undefined;
    throw error;
  }
}

/** Back to the list as it was. */
const back = (
  { context, request: { body } }: Desk,
  query: Readonly<Record<string, string>> = {},
): PluginResponse => ({
  redirect: hrefOf(context, 'tasks', {
    show: body['show'] ?? '',
    calendar: body['list'] ?? '',
    q: body['q'] ?? '',
    ...query,
  }),
});

/** One line: « rendre le rapport vendredi 17h ». */
async function addTask(desk: Desk): Promise<PluginResponse> {
  const { request, now, preferences, zone, context, store, person } = desk;
  const text = (request.body['text'] ?? '').trim().slice(0, SENTENCE_CHARS);
  if (text === '') return back(desk);
  const meant = understand(text, { now, lengthMs: preferences.lengthMs });
  const isDated = meant?.isDated === true && meant.rule === '';
  // Of a day alone: what is to be done by then, and not at nine.
  const isDay = meant?.isAllDay === true || meant?.isTimed === false;
  const due: Due | undefined = isDated
    ? {
        isAllDay: isDay,
        wall: isDay ? dayOfWall(meant.start) * DAY_MS : meant.start,
        zone: isDay ? '' : zone.id,
      }
    : undefined;
  const summary = isDated && meant.summary !== '' ? meant.summary : text;
  const uid = randomUUID();
  const object = newTask(
    { summary, description: '', due, priority: 0, percent: 0 },
    { uid, now: context.clock.now() },
  );
  const put = await store.put(person, calendarFor(desk), `${uid}.ics`, object, {
    ifNoneMatch: true,
  });
  return put.kind === 'created'
    ? back(desk, { done: 'task' })
    : back(desk, { failed: failedOf(put) });
}

/** The one that was chosen, or the usual one. */
const calendarFor = ({ request, calendars, usual }: Desk): string =>
  oneOf(
    calendars.filter(isWritable).map(({ id }) => id),
    request.body['calendar'],
  ) ?? usual;

const failedOf = (put: Put): string =>
  put.kind === 'refused' ? (put.reason === 'full' ? 'full' : 'event') : 'changed';

/** Done, or not done after all. Twice is once. */
async function markTask(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context } = desk;
  const { id = '', mark } = request.body;
  const isDone = mark !== 'open';
  for (let tries = 0; tries < 3; tries += 1) {
    const task = await openTask(desk, id);
    if (!task) return { status: 404 };
    const { stored, calendar } = task;
    if (!canWrite(calendar)) return { status: 403 };
    // Sent twice, a task that repeats would go on twice.
    const { etag } = request.body;
    if (etag !== undefined && etag !== stored.etag) break;
    const text = markedTask(stored.text, isDone, context.clock.now());
    const put = await store.put(person, calendar.id, stored.uri, text, { ifMatch: stored.etag });
    if (put.kind === 'updated') return back(desk, { done: isDone ? 'taskDone' : 'taskOpen' });
    if (put.kind !== 'conflict') return back(desk, { failed: failedOf(put) });
  }
  return back(desk);
}

/** A task as it is typed. */
type Typed = Readonly<
  Record<'summary' | 'description' | 'dueDate' | 'dueTime' | 'priority' | 'percent', string>
>;

function typedOf(
  { zone }: Desk,
  { summary, description, due, priority, percent }: TaskFields,
): Typed {
  const local = due && localDue(due, zone);
  return {
    summary,
    description,
    dueDate: local === undefined ? '' : isoOf(dayOfWall(local)),
    dueTime: local === undefined || due?.isAllDay ? '' : clockOf(local),
    priority: String(priority === 0 ? 0 : priority < 5 ? 1 : priority === 5 ? 5 : 9),
    percent: String(percent),
  };
}

const EMPTY: TaskFields = { summary: '', description: '', due: undefined, priority: 0, percent: 0 };

/** The form of a task, or of a new one, which may be about a message. */
async function showTask(desk: Desk): Promise<PluginResponse> {
  const { query } = desk.request;
  const { id } = query;
  if (id === undefined) {
    const message = MESSAGE.test(query['message'] ?? '') ? (query['message'] ?? '') : '';
    const summary = (query['title'] ?? '').trim().slice(0, TITLE_MAX);
    return form(desk, { typed: typedOf(desk, { ...EMPTY, summary }), message });
  }
  const task = await openTask(desk, id);
  return task
    ? form(desk, { task, typed: typedOf(desk, task.fields), message: task.message })
    : { status: 404 };
}

function form(
  desk: Desk,
  {
    task,
    typed,
    message,
    error = '',
    etag = task?.stored.etag ?? '',
  }: {
    readonly task?: Opened | undefined;
    readonly typed: Typed;
    readonly message: string;
    readonly error?: string;
    readonly etag?: string;
  },
): PluginResponse {
  const { context, t, calendars, usual, request } = desk;
  const chosen = request.body['calendar'] ?? request.query['calendar'] ?? usual;
  return {
    view: 'task',
    title: t(task ? 'calendar:tasks.edit' : 'calendar:tasks.new'),
    status: error === '' ? 200 : 422,
    model: {
      side: sideOf(desk, { current: 'tasks' }),
      title: t(task ? 'calendar:tasks.edit' : 'calendar:tasks.new'),
      id: task?.stored.id ?? '',
      etag,
      form: typed,
      error,
      message,
      isReadOnly: task !== undefined && !canWrite(task.calendar),
      canDelete: task !== undefined && canDelete(task.calendar),
      isRecurring: task !== undefined && /^RRULE[:;]/m.test(task.stored.text),
      calendars: task
        ? []
        : calendars.filter(isWritable).map((one) => ({
            id: one.id,
            title: one.title,
            isChosen: one.id === chosen,
          })),
      priorities: PRIORITIES.map((value) => ({
        value: String(value),
        label: t(PRIORITY_TEXTS[value]),
      })),
      action: hrefOf(context, 'tasks/task'),
      removeAction: hrefOf(context, 'tasks/delete'),
      backHref: hrefOf(context, 'tasks'),
    },
  };
}

const sentForm = (body: Readonly<Record<string, string>>): Typed => ({
  summary: (body['summary'] ?? '').slice(0, TITLE_MAX),
  description: (body['description'] ?? '').slice(0, NOTES_MAX),
  dueDate: body['dueDate'] ?? '',
  dueTime: body['dueTime'] ?? '',
  priority: body['priority'] ?? '0',
  percent: body['percent'] ?? '0',
});

async function saveTask(desk: Desk): Promise<PluginResponse> {
  const { request, store, person, context, t } = desk;
  const { body } = request;
  const typed = sentForm(body);
  const message = MESSAGE.test(body['message'] ?? '') ? (body['message'] ?? '') : '';
  const task = (body['id'] ?? '') === '' ? undefined : await openTask(desk, body['id'] ?? '');
  if ((body['id'] ?? '') !== '' && !task) return { status: 404 };
  if (task && !canWrite(task.calendar)) return { status: 403 };
  const fail = (key: string, etag?: string) =>
    form(desk, { task, typed, message, error: t(key), ...(etag !== undefined && { etag }) });
  const fields = fieldsIn(desk, typed, task);
  if (typeof fields === 'string') return fail(fields, body['etag']);
  if (!task) {
    const uid = randomUUID();
    const text = newTask(fields, { uid, now: context.clock.now(), message });
    const put = await store.put(person, calendarFor(desk), `${uid}.ics`, text, {
      ifNoneMatch: true,
    });
    return put.kind === 'created' ? back(desk, { done: 'task' }) : fail(problemOf(put));
  }
  // Saved once more by who looked at it again, the version that they saw is the one that is there.
  if (body['etag'] !== task.stored.etag) return fail('calendar:tasks.fault.changed');
  const text = changedTask(task.stored.text, fields, context.clock.now());
  const { uri, etag } = task.stored;
  const put = await store.put(person, task.calendar.id, uri, text, { ifMatch: etag });
  if (put.kind === 'conflict') return fail('calendar:tasks.fault.changed');
  return put.kind === 'updated' ? back(desk, { done: 'task' }) : fail(problemOf(put));
}

const problemOf = (put: Put): string =>
  put.kind === 'refused' ? REFUSAL_TEXTS[put.reason] : 'calendar:failed.twice';

/** What was typed, as a task has it; or the key of what is wrong. */
function fieldsIn(desk: Desk, typed: Typed, task: Opened | undefined): TaskFields | string {
  const summary = typed.summary.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (summary === '') return 'calendar:tasks.fault.title';
  const percent = Number(typed.percent || '0');
  if (!Number.isInteger(percent) || percent < 0 || percent > 100)
    return 'calendar:tasks.fault.percent';
  const before = task && typedOf(desk, task.fields);
  const isSameDue = before?.dueDate === typed.dueDate && before.dueTime === typed.dueTime;
  const isSamePriority = before?.priority === typed.priority;
  const due = isSameDue ? task?.fields.due : dueIn(desk, typed);
  if (due === 'wrong') return 'calendar:tasks.fault.due';
  return {
    summary,
    description: typed.description.replace(/\r\n?/g, '\n'),
    due,
    priority: isSamePriority
      ? (task?.fields.priority ?? 0)
      : (PRIORITIES.find((one) => String(one) === typed.priority) ?? 0),
    percent,
  };
}

function dueIn({ zone, today }: Desk, { dueDate, dueTime }: Typed): Due | 'wrong' | undefined {
  if (dueDate === '' && dueTime === '') return undefined;
  const day = dueDate === '' ? today : parseDay(dueDate);
  if (day === undefined) return 'wrong';
  if (dueTime === '') return { isAllDay: true, wall: day * DAY_MS, zone: '' };
  const clock = parseClock(dueTime);
  return clock === undefined
    ? 'wrong'
    : { isAllDay: false, wall: day * DAY_MS + clock, zone: zone.id };
}

/** To the trash, from where it comes back. */
async function deleteTask(desk: Desk): Promise<PluginResponse> {
  const { request, store, person } = desk;
  const task = await openTask(desk, request.body['id'] ?? '');
  if (!task) return { status: 404 };
  const { stored, calendar } = task;
  if (!canDelete(calendar)) return { status: 403 };
  const etag = request.body['etag'] ?? stored.etag;
  const removed = await store.remove(person, calendar.id, stored.uri, { ifMatch: etag });
  return removed === 'removed'
    ? back(desk, { done: 'deleted', restore: stored.id })
    : back(desk, { failed: 'changed' });
}
