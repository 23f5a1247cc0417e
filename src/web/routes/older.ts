import { AppError } from '../../base/errors';
import { dayAfter, partsIn } from '../../base/zoned';
import { type FiledBy, type ListQuery, type Mailbox, parseQuery } from '../../mail';
import { field, formOf } from '../body';
import type { Form } from '../compose-form';
import { setFlash } from '../flash';
import { findMailbox, hasOlder, mailboxLabel } from '../folders';
import { mailboxHref } from '../links';
import { mailFrame, mailShell } from '../mail-page';
import { asUidValidity, MAILBOX, mailboxParam } from '../message-path';
import type { OlderModel } from '../pages/older';
import { seeOther, sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { undoForm } from '../undo-form';

/** Ages in months, as they are offered. */
const AGES = [3, 6, 12, 24, 60] as const;
const USUAL_AGE = 12;
/** What one action takes: the domain takes no more at once. */
const MOST = 10_000;
const WHERE = {
  one: 'older.where.one',
  year: 'older.where.year',
  month: 'older.where.month',
  sender: 'older.where.sender',
} as const satisfies Record<FiledBy, string>;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

interface Asked {
  /** `months`, or `''` for a day. */
  readonly age: string;
  /** Messages before this day: `2025-11-24`; undefined for a day that is none. */
  readonly before: string | undefined;
  readonly typed: string;
  readonly keepFlagged: boolean;
  readonly keepUnread: boolean;
}

/** The day that many months before another; of a month that is shorter, its last. */
function monthsBefore(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  const moment = Date.UTC(year, month - 1 - months, Math.min(date, last));
  return new Date(moment).toISOString().slice(0, 10);
}

/** What a form, or the address of the page, asks for; a year without anything. */
function askedOf({ deps, ctx }: OpenCall, form: Form): Asked {
  const today = partsIn(deps.clock.now(), ctx.site.timeZone).day;
  const typed = field(form, 'before');
  const age = form.has('age') ? field(form, 'age') : String(USUAL_AGE);
  const months = AGES.find((one) => String(one) === age);
  // An unticked box is sent by nobody: the form says that it was asked at all.
  const isFirst = !form.has('age');
  return {
    age: months === undefined ? '' : age,
    before: months === undefined ? dayOf(typed, today) : monthsBefore(today, months),
    typed: months === undefined ? typed : '',
    keepFlagged: isFirst || field(form, 'keepFlagged') === '1',
    keepUnread: isFirst || field(form, 'keepUnread') === '1',
  };
}

/** A day of the calendar, not later than tomorrow. */
function dayOf(text: string, today: string): string | undefined {
  const isDay = DAY.test(text) && dayAfter(text, 0) === text;
  return isDay && text <= dayAfter(today, 1) ? text : undefined;
}

/** The list of what is asked, the oldest first. */
function queryOf(mailbox: string, { before, keepFlagged, keepUnread }: Asked): ListQuery {
  const words = [
    `before:${before ?? ''}`,
    ...(keepFlagged ? ['-is:flagged'] : []),
    ...(keepUnread ? ['-is:unread'] : []),
  ];
  const { query, problems } = parseQuery(words.join(' '), { today: '2000-01-01' });
  if (!query || problems.length > 0) throw new AppError('request/invalid');
  return { mailbox, page: 1, sort: 'date', order: 'asc', criteria: { query } };
}

async function mailboxOf(call: OpenCall, path: string): Promise<Mailbox> {
  const { mailboxes } = await call.deps.mail.account(call.actor);
  const mailbox = findMailbox(mailboxes, path);
  if (!mailbox || !hasOlder(mailbox)) throw new AppError('mailbox/not-found');
  return mailbox;
}

async function show(call: OpenCall): Promise<void> {
  await page(call, askedOf(call, formOf(call.req.query)));
}

async function page(call: OpenCall, asked: Asked): Promise<void> {
  const { deps, ctx, req, res } = call;
  const mailbox = await mailboxOf(call, mailboxParam(req));
  const frame = await mailFrame(call, mailbox.path);
  const label = mailboxLabel(mailbox, ctx.t);
  const href = mailboxHref('me', mailbox.path);
  const model: OlderModel = {
    mailbox: { label, href },
    self: `${href}/older`,
    ages: AGES.map((months) => ({
      value: String(months),
      label:
        months % 12 === 0
          ? ctx.t('older.years', { count: months / 12 })
          : ctx.t('older.months', { count: months }),
      isChosen: asked.age === String(months),
    })),
    before: asked.typed,
    keepFlagged: asked.keepFlagged,
    keepUnread: asked.keepUnread,
    error: asked.before === undefined ? ctx.t('older.badDay') : undefined,
    where: ctx.t(WHERE[ctx.core.reading.archive]),
    found: asked.before === undefined ? undefined : await preview(call, mailbox, asked),
  };
  await sendPage(deps, req, res, {
    view: 'older',
    status: model.error === undefined ? 200 : 422,
    model,
    shell: mailShell(frame, { title: ctx.t('older.title', { folder: label }), query: undefined }),
  });
}

async function preview(
  { deps, actor, ctx }: OpenCall,
  { path }: Mailbox,
  asked: Asked,
): Promise<OlderModel['found']> {
  const { rows, total, uidValidity } = await deps.mail.list(actor, queryOf(path, asked));
  const { date } = deps.renderer.formats(ctx.locale, ctx.site.timeZone);
  const before = asked.before ?? '';
  return {
    total,
    count: Math.min(total, MOST),
    until: date(`${before}T12:00:00Z`, 'short'),
    rows: rows.slice(0, 10).map((row) => ({
      date: date(row.date, 'short'),
      who: row.from[0]?.name || row.from[0]?.mail || '',
      subject: row.subject === '' ? ctx.t('mail.noSubject') : row.subject,
    })),
    fields: [
      // The day, not the age: what is archived is what was shown, also after midnight.
      { name: 'age', value: '' },
      { name: 'before', value: before },
      { name: 'keepFlagged', value: asked.keepFlagged ? '1' : '0' },
      { name: 'keepUnread', value: asked.keepUnread ? '1' : '0' },
      { name: 'uidvalidity', value: String(uidValidity) },
    ],
  };
}

async function archive(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const form = formOf(req.body);
  const asked = askedOf(call, form);
  if (asked.before === undefined) return page(call, asked);
  const mailbox = await mailboxOf(call, mailboxParam(req));
  const uidValidity = asUidValidity(field(form, 'uidvalidity'));
  if (uidValidity === undefined) throw new AppError('request/invalid');
  const on = { mailbox: mailbox.path, uidValidity };
  const uids = await deps.mail.selectAll(actor, queryOf(mailbox.path, asked), uidValidity);
  const back = mailboxHref('me', mailbox.path);
  if (uids.length === 0) {
    setFlash(deps, res, { level: 'warn', key: 'older.none', values: {} });
    return seeOther(res, back);
  }
  const result = await deps.mail.archive(actor, { ...on, uids }, ctx.core.reading.archive);
  const undo = undoForm(call, on, result, back);
  setFlash(deps, res, {
    level: 'ok',
    key: 'mail.done.archived',
    values: { count: result.count },
    ...(undo && { undo }),
  });
  seeOther(res, back);
}

/** Old messages of a mailbox, looked at and then archived: `docs/urls.md`. */
export const olderRoutes: readonly RouteSpec[] = [
  { method: 'get', path: `${MAILBOX}/older`, access: 'open', handle: show },
  { method: 'post', path: `${MAILBOX}/older`, access: 'open', handle: archive },
];
