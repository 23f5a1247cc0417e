import { AppError } from '../../base/errors';
import { partsIn } from '../../base/zoned';
import type { PutOff } from '../../compose';
import { field, formOf } from '../body';
import { draftParam } from '../compose-form';
import { setFlash } from '../flash';
import { HOME } from '../links';
import { type MailFrame, mailFrame, mailShell } from '../mail-page';
import type { OutboxModel } from '../pages/outbox';
import type { Banner } from '../pages/shell';
import { seeOther, sendPage, wantsJson } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { typedTime } from '../send-times';

export const OUTBOX = '/outbox';
/** Up to here a sending is one that may be called back, rather than one put off. */
const SHORT_MS = 60_000;
const MAX_NAMED = 5;

const STATES: Readonly<Record<PutOff['state'], string>> = {
  waiting: 'outbox.state.waiting',
  visit: 'outbox.state.visit',
  leaving: 'outbox.state.leaving',
  failed: 'outbox.state.failed',
  unknown: 'outbox.state.unknown',
};

/** What was sent leaves in a moment, or at its time: said with the way to call it back. */
export function answerScheduled(call: OpenCall, draft: string, at: number): void {
  const { deps, req, res } = call;
  const wait = at - deps.clock.now();
  const seconds = Math.max(1, Math.ceil(wait / 1_000));
  const isShort = wait <= SHORT_MS;
  setFlash(deps, res, {
    level: 'ok',
    key: isShort ? 'outbox.leaving' : 'outbox.putOff',
    values: isShort ? { seconds } : { when: longDate(call, at) },
    ...(isShort && { seconds }),
    undo: { action: `${OUTBOX}/${encodeURIComponent(draft)}/undo`, fields: [] },
  });
  if (wantsJson(req)) res.json({ outcome: 'scheduled', location: HOME });
  else seeOther(res, HOME);
}

/** What was to leave by itself and did not: told above lists, since its agent saw no error then. */
export async function unsentBanners(
  { deps, actor, ctx }: OpenCall,
  { folders }: Pick<MailFrame, 'folders'>,
): Promise<readonly Banner[]> {
  if (!folders.putOff) return [];
  const rows = await deps.compose.putOff(actor);
  return rows
    .filter(({ state }) => state === 'failed' || state === 'unknown')
    .map(({ subject, state }) => ({
      level: 'danger',
      strong: subject === '' ? ctx.t('mail.noSubject') : subject,
      text: ctx.t(STATES[state]),
      actions: [{ label: ctx.t('outbox.title'), href: OUTBOX }],
    }));
}

const longDate = ({ deps, ctx }: OpenCall, ms: number): string =>
  deps.renderer.formats(ctx.locale, ctx.site.timeZone).date(new Date(ms).toISOString(), 'long');

/** A time that cannot be, as it was typed. */
interface Refused {
  readonly draft: string;
  readonly text: string;
  readonly day: string;
  readonly time: string;
}

async function page(call: OpenCall, refused?: Refused): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const frame = await mailFrame(call, undefined);
  const rows = await deps.compose.putOff(actor);
  const model: OutboxModel = {
    rows: rows.map((row) => rowOf(call, row, refused)),
    isAccessKept: rows.some(({ state }) => state === 'waiting'),
  };
  await sendPage(deps, req, res, {
    view: 'outbox',
    status: refused ? 422 : 200,
    model,
    shell: mailShell(frame, { title: ctx.t('outbox.title'), query: undefined }),
  });
}

function rowOf(
  call: OpenCall,
  { draft, subject, recipients, at, state }: PutOff,
  refused: Refused | undefined,
): OutboxModel['rows'][number] {
  const { ctx } = call;
  const own = refused && refused.draft === draft ? refused : undefined;
  const { day, time } = own ?? partsIn(at, ctx.site.timeZone);
  const named = recipients.slice(0, MAX_NAMED).map(({ name, mail }) => name || mail);
  const others = recipients.length - named.length;
  return {
    draft,
    subject: subject === '' ? ctx.t('mail.noSubject') : subject,
    to: [...named, ...(others > 0 ? [ctx.t('outbox.others', { count: others })] : [])].join(', '),
    when: longDate(call, at),
    day,
    time,
    state,
    stateText: ctx.t(STATES[state]),
    error: own?.text,
  };
}

/** One of the agent's own that was put off; 404 for all others. */
async function ownPutOff({ deps, actor, req }: OpenCall): Promise<PutOff> {
  const draft = draftParam(req);
  const found = (await deps.compose.putOff(actor)).find((one) => one.draft === draft);
  if (!found) throw new AppError('draft/not-found');
  return found;
}

/** Too late is no error: the message is where it was meant to be. */
function tooLate({ deps, res }: OpenCall): void {
  setFlash(deps, res, { level: 'warn', key: 'outbox.tooLate', values: {} });
}

/** Back to the composer, as it was. */
async function undo(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const draft = draftParam(req);
  if (await deps.compose.callBack(actor, draft)) return seeOther(res, `/compose/${draft}`);
  tooLate(call);
  seeOther(res, HOME);
}

/** Not sent after all; the text stays among the drafts. */
async function cancel(call: OpenCall): Promise<void> {
  const { deps, actor, res } = call;
  const { draft } = await ownPutOff(call);
  if (await deps.compose.callBack(actor, draft)) {
    setFlash(deps, res, { level: 'ok', key: 'outbox.cancelled', values: {} });
  } else tooLate(call);
  seeOther(res, OUTBOX);
}

async function sendNow(call: OpenCall): Promise<void> {
  const { deps, actor, res } = call;
  const { draft, state } = await ownPutOff(call);
  // Whether one that may have left is sent again is asked in the composer.
  if (state === 'unknown' || state === 'failed') return seeOther(res, `/compose/${draft}`);
  const outcome = await deps.compose.resend(actor, draft);
  const isSent = outcome.kind === 'sent' || outcome.kind === 'partial';
  setFlash(deps, res, {
    level: isSent ? 'ok' : 'warn',
    key: isSent ? 'send.sent' : 'outbox.notNow',
    values: {},
  });
  seeOther(res, OUTBOX);
}

async function changeTime(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const { draft } = await ownPutOff(call);
  const form = formOf(req.body);
  const { at, problem } = typedTime(call, form);
  if (at === undefined) {
    const typed = { day: field(form, 'laterDay'), time: field(form, 'laterTime') };
    return page(call, { draft, text: problem ?? '', ...typed });
  }
  if (await deps.compose.putOffTo(actor, draft, at)) {
    setFlash(deps, res, {
      level: 'ok',
      key: 'outbox.putOff',
      values: { when: longDate(call, at) },
    });
  } else tooLate(call);
  seeOther(res, OUTBOX);
}

/** Messages that leave later: `docs/urls.md`. */
export const outboxRoutes: readonly RouteSpec[] = [
  { method: 'get', path: OUTBOX, access: 'open', handle: (call) => page(call) },
  { method: 'post', path: `${OUTBOX}/:draft/undo`, access: 'open', handle: undo },
  { method: 'post', path: `${OUTBOX}/:draft/cancel`, access: 'open', handle: cancel },
  { method: 'post', path: `${OUTBOX}/:draft/now`, access: 'open', handle: sendNow },
  { method: 'post', path: `${OUTBOX}/:draft/time`, access: 'open', handle: changeTime },
];
