import { createHash } from 'node:crypto';
import { AppError } from '../../base/errors';
import type { SendOutcome } from '../../compose';
import type { MessageView } from '../../mail';
import { field, formOf } from '../body';
import { setFlash } from '../flash';
import { localPath, mailboxHref, messageHref, withQuery } from '../links';
import { MESSAGE, messageParam, namedMessage } from '../message-path';
import type { ReportModel } from '../pages/reading';
import { seeOther, sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { undoForm } from '../undo-form';

const KINDS = ['phishing', 'junk'] as const;
type ReportKind = (typeof KINDS)[number];
/** As many as a random id of a draft has. */
const DRAFT_ID_BYTES = 16;

/** Where a site wants what its agents report; none: it is offered to nobody. */
export const reportTargets = (site: OpenCall['actor']['site']): readonly ReportKind[] =>
  KINDS.filter((kind) => site.reading?.report?.[kind] !== undefined);

/** Says what is sent to whom before anything is: a report holds the whole message. */
async function showReport(call: OpenCall, problem?: string): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const view = await namedMessage(call);
  const kinds = reportTargets(actor.site);
  const path = req.path.replace(/\/report$/, '');
  const asked = req.method === 'POST' ? field(formOf(req.body), 'kind') : '';
  const model: ReportModel = {
    subject: view.subject,
    from: view.from[0]?.mail ?? '',
    action: withQuery(`${path}/report`, { uidvalidity: view.ref.uidValidity }),
    back: path,
    choices: kinds.map((kind) => ({
      kind,
      label: kind === 'phishing' ? ctx.t('report.phishing') : ctx.t('report.junk'),
      hint: ctx.t('report.to', { address: actor.site.reading?.report?.[kind] ?? '' }),
      isChosen: asked === kind,
    })),
    error: problem,
  };
  await sendPage(deps, req, res, {
    view: 'report',
    layout: 'layout-bare',
    status: problem === undefined ? 200 : 422,
    model,
    shell: { title: ctx.t('report.title'), area: 'mail' },
  });
}

/** Sends the message as it came to whom the site named, then files it as junk. */
async function report(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const kind = KINDS.find((one) => one === field(formOf(req.body), 'kind'));
  const to = kind && actor.site.reading?.report?.[kind];
  if (kind === undefined || to === undefined) return showReport(call, ctx.t('report.choose'));
  const view = await namedMessage(call);
  const outcome = await sendReport(call, view, kind, to);
  if (outcome !== 'sent') {
    return showReport(
      call,
      outcome === 'unknown' ? ctx.t('report.unknown') : ctx.t('report.failed'),
    );
  }
  const { mailbox, uidValidity, uid } = view.ref;
  const from = { mailbox, uidValidity, uids: [uid] };
  const back = localPath(field(formOf(req.body), 'back'), mailboxHref('me', mailbox));
  const result = await deps.mail.junk(actor, from, true).catch((err: unknown) => {
    // The report has left: that the folder refuses is told apart.
    deps.log.warn({ err, requestId: ctx.id }, 'report/not-moved');
    return undefined;
  });
  const undo = result && undoForm(call, from, result, back);
  setFlash(deps, res, {
    level: result ? 'ok' : 'warn',
    key: result ? 'report.thanks' : 'report.thanksNotMoved',
    values: { address: to },
    ...(undo && { undo }),
  });
  seeOther(res, result ? back : messageHref('me', mailbox, uid));
}

/** Leaves once, however often the button is pressed: its draft has the message's own name. */
async function sendReport(
  { deps, actor, ctx }: OpenCall,
  view: MessageView,
  kind: ReportKind,
  to: string,
): Promise<'sent' | 'unknown' | 'failed'> {
  const { mailbox, uid, uidValidity } = view.ref;
  const id = createHash('sha256')
    .update(JSON.stringify(['report', kind, actor.user.id, mailbox, uidValidity, uid]))
    .digest()
    .subarray(0, DRAFT_ID_BYTES)
    .toString('base64url');
  const { compose } = deps;
  const original = { mailbox, uid, uidValidity };
  const draft = await compose.ensure(actor, id, { mode: 'forward-attached', original });
  if (draft.sending === undefined) {
    const subject =
      kind === 'phishing' ? ctx.t('report.subject.phishing') : ctx.t('report.subject.junk');
    const fields = {
      identity: draft.identity,
      to,
      cc: '',
      bcc: '',
      subject: `${subject} ${view.subject}`.trim().slice(0, 200),
      format: 'plain',
      text: ctx.t('report.body'),
      html: '',
    } as const;
    const { revision } = draft;
    await compose.save(actor, id, fields, { baseRevision: revision, toServer: false });
  }
  const outcome = await confirmed((codes) => compose.send(actor, id, { confirmed: codes }));
  if (outcome.kind === 'sent' || outcome.kind === 'queued') return 'sent';
  if (outcome.kind === 'unknown') return 'unknown';
  await compose.discard(actor, id).catch(() => undefined);
  return 'failed';
}

/** The site named the recipient: what plugins would ask the agent about it, the page has said. */
async function confirmed(
  send: (confirmed: readonly string[]) => Promise<SendOutcome>,
): Promise<SendOutcome> {
  const first = await send([]);
  if (first.kind !== 'confirm') return first;
  return send(first.denials.map(({ plugin, code }) => `${plugin}:${code}`));
}

/** A page without its message has nothing to report. */
async function ask(call: OpenCall): Promise<void> {
  if (reportTargets(call.actor.site).length === 0) throw new AppError('request/not-found');
  messageParam(call.req);
  await showReport(call);
}

async function post(call: OpenCall): Promise<void> {
  if (reportTargets(call.actor.site).length === 0) throw new AppError('request/not-found');
  await report(call);
}

export const reportRoutes: readonly RouteSpec[] = [
  { method: 'get', path: `${MESSAGE}/report`, access: 'open', handle: ask },
  { method: 'post', path: `${MESSAGE}/report`, access: 'open', handle: post },
];
