/**
 * New messages told by the device itself: what came since a device of the agent asked last. Called by
 * the table of routes; `skins/base/assets/desktop/` asks. What this device wants stays on it; which
 * mailboxes and hours count is the agent's, on every device.
 */
import { z } from 'zod';
import { AppError } from '../../base/errors';
import type { UidValidity } from '../../base/types';
import type { Mailbox, NewsPlace, NewsRow } from '../../mail';
import { mailboxLabel } from '../folders';
import { messageHref } from '../links';
import type { OpenCall, RouteSpec } from '../route';
import { isQuiet } from './quiet-hours';
import { isTold } from './told';

/** Mailboxes that are told of; each is a command of its own on the mail server. */
const MAX_MAILBOXES = 10;
/** Notices of one answer: of more, one says how many. */
const MAX_NOTICES = 3;
const MAX_SUBJECT = 200;
const MAX_CURSOR = 8_000;

const cursorShape = z
  .array(z.tuple([z.string().max(1_000), z.int().positive(), z.int().positive()]))
  .max(MAX_MAILBOXES * 2);

interface Notice {
  /** One of the same name replaces it. */
  readonly tag: string;
  readonly mailbox: string;
  readonly title: string;
  readonly text: string;
  readonly href: string;
}

const flat = (mailboxes: readonly Mailbox[]): readonly Mailbox[] =>
  mailboxes.flatMap((one) => [one, ...flat(one.children)]);

/** What a device remembers; nothing of what it cannot have been given. */
function knownPlaces(asked: unknown): readonly NewsPlace[] {
  if (typeof asked !== 'string' || asked === '') return [];
  if (asked.length > MAX_CURSOR) throw new AppError('request/invalid');
  let value: unknown;
  try {
    value = JSON.parse(asked);
  } catch {
    throw new AppError('request/invalid');
  }
  const parsed = cursorShape.safeParse(value);
  if (!parsed.success) throw new AppError('request/invalid');
  return parsed.data.map(([mailbox, uidValidity, uidNext]) => ({
    mailbox,
    uidValidity: uidValidity as UidValidity,
    uidNext,
  }));
}

/** `GET /events/news`: the session is not kept alive by it, any more than by a list that is open. */
async function news(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const known = knownPlaces(req.query['at']);
  const { mailboxes } = await deps.mail.account(actor);
  const told = flat(mailboxes).filter((one) => one.isSelectable && isTold(ctx.core.marks, one));
  const paths = told.slice(0, MAX_MAILBOXES).map(({ path }) => path);
  const { places, rows } = await deps.mail.news(actor, paths, known);
  const quiet = isQuiet(ctx.core.notices, deps.clock.now(), ctx.site.timeZone);
  res.setHeader('Cache-Control', 'no-store');
  res.json({
    at: places.map(({ mailbox, uidValidity, uidNext }) => [mailbox, uidValidity, uidNext]),
    quiet,
    notices: quiet ? [] : noticesOf(call, told, rows),
  });
}

function noticesOf(
  call: OpenCall,
  told: readonly Mailbox[],
  rows: readonly NewsRow[],
): readonly Notice[] {
  const { t } = call.ctx;
  const newest = [...rows]
    .sort((a, b) => a.row.date.localeCompare(b.row.date))
    .map((one) => noticeOf(call, told, one));
  if (newest.length <= MAX_NOTICES) return newest;
  const last = newest.at(-1);
  if (!last) return [];
  const title = t('announce.many', { count: newest.length });
  const named = call.ctx.core.notices.content === 'none' ? '' : last.title;
  return [{ ...last, tag: 'many', title, text: named }];
}

/** As much of a message as its agent lets others read over their shoulder. */
function noticeOf({ ctx }: OpenCall, told: readonly Mailbox[], { mailbox, row }: NewsRow): Notice {
  const { t, core } = ctx;
  const [sender] = row.from;
  const place = told.find(({ path }) => path === mailbox);
  const label = place ? mailboxLabel(place, t) : mailbox;
  const where = place?.specialUse === 'inbox' ? '' : label;
  const who = sender?.name || sender?.mail || t('announce.noSender');
  const subject = row.subject === '' ? t('mail.noSubject') : row.subject.slice(0, MAX_SUBJECT);
  const { content } = core.notices;
  const text = content === 'full' ? [subject, where] : [where];
  return {
    tag: `${mailbox}:${row.uid}`,
    mailbox,
    title: content === 'none' ? t('announce.one') : who,
    text: text.filter((part) => part !== '').join('\n'),
    href: messageHref('me', mailbox, row.uid),
  };
}

export const desktopRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/events/news', access: 'open', handle: news },
];
