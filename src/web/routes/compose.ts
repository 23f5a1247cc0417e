import type { Draft, DraftInit, SaveResult, SendOutcome } from '../../compose';
import type { Address } from '../../mail/types';
import { parseAddressList } from '../../mime';
import { field, formOf } from '../body';
import {
  draftParam,
  ensureDraft,
  type Form,
  fieldsOf,
  saveFields,
  saveForm,
} from '../compose-form';
import { contentIdsToPaths } from '../compose-images';
import { initFromQuery } from '../compose-init';
import { composeModel, type ListsFound } from '../compose-model';
import { setFlash } from '../flash';
import { HOME, messageHref } from '../links';
import { mailFrame, mailShell } from '../mail-page';
import type { PersonModel } from '../pages/mail';
import { personModel } from '../people';
import { peopleFacts } from '../people-facts';
import { seeOther, sendPage, wantsJson } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { offeredTimes, sendTime } from '../send-times';
import { answerScheduled, OUTBOX } from './outbox';

interface PageState {
  readonly status?: number;
  readonly outcome?: SendOutcome;
  readonly saved?: Pick<SaveResult, 'conflictWith' | 'savedOnServer'>;
  readonly attachmentNotice?: string;
  /** Lists that were looked for, where there are no scripts. */
  readonly lists?: ListsFound;
}

/** The composer with a draft: new, restored, or after something to correct. */
export async function composePage(
  call: OpenCall,
  draft: Draft,
  init: DraftInit,
  state: PageState = {},
): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const frame = await mailFrame(call, undefined);
  const back = draft.original
    ? messageHref('me', draft.original.mailbox, draft.original.uid)
    : HOME;
  const model = composeModel({
    draft,
    init,
    identities: await deps.compose.identities(actor),
    quotePosition: ctx.core.writing.quotePosition,
    site: ctx.site,
    t: ctx.t,
    back,
    outcome: state.outcome,
    conflictWith: state.saved?.conflictWith,
    savedOnServer: state.saved?.savedOnServer,
    editorHtml: contentIdsToPaths(draft),
    attachmentNotice: state.attachmentNotice,
    templates: await deps.compose.templates(actor),
    people: await knownPeople(call, draft),
    lists: state.lists,
    later: offeredTimes(call),
  });
  await sendPage(deps, req, res, {
    view: 'compose',
    status: state.status ?? 200,
    model,
    shell: {
      ...mailShell(frame, { title: model.heading, query: undefined }),
      area: 'compose',
    },
    facts: {
      draft: {
        id: draft.id,
        mode: draft.mode,
        subject: draft.subject,
        attachmentCount: model.attachments.length,
        recipients: [...new Set(peopleOf(draft).map(({ mail }) => mail.toLowerCase()))],
      },
    },
  });
}

const MAX_PEOPLE = 100;

const peopleOf = ({ to, cc, bcc }: Draft): readonly Address[] =>
  [to, cc, bcc].flatMap((text) => parseAddressList(text).addresses).slice(0, MAX_PEOPLE);

/** The recipients so far, by what plugins say that they are. */
async function knownPeople(
  { deps, actor }: OpenCall,
  draft: Draft,
): Promise<readonly PersonModel[]> {
  const named = peopleOf(draft);
  const facts = await peopleFacts(deps, {
    actor,
    pictured: [],
    named: named.map(({ mail }) => mail),
  });
  return named
    .filter(({ mail }) => facts.classes.has(mail.toLowerCase()))
    .map((person) => personModel(actor, person, facts));
}

/** A new composition: shows the form, writes nothing (every GET is safe). */
async function showNew(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const init = initFromQuery(req.query);
  const draft = await deps.compose.prepare(actor, init);
  const template = req.query['template'];
  const filled =
    typeof template === 'string'
      ? { ...draft, ...(await deps.compose.withTemplate(actor, draft, template)) }
      : draft;
  await composePage(call, filled, init);
}

async function showDraft(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const draft = await deps.compose.load(actor, draftParam(req));
  // What waits to leave is not written on: it is called back first.
  if (draft.sending === 'held') return seeOther(call.res, OUTBOX);
  await composePage(call, draft, { mode: 'new' });
}

/** Saving: JSON for the autosave, the page again for a button. */
async function save(call: OpenCall): Promise<void> {
  const { req, res } = call;
  const form = formOf(req.body);
  const ensured = await ensureDraft(call, form);
  const saved = await saveForm(call, form, ensured.draft, { toServer: true });
  const { draft, conflictWith, savedOnServer } = saved;
  if (wantsJson(req)) {
    res.json({
      id: draft.id,
      revision: draft.revision,
      savedAt: draft.savedAt,
      savedOnServer,
      ...(conflictWith !== undefined && { conflictWith }),
    });
    return;
  }
  const attachmentNotice = forgottenFile(call, form);
  if (attachmentNotice !== undefined) {
    await composePage(call, draft, { mode: 'new' }, { status: 422, saved, attachmentNotice });
    return;
  }
  if (conflictWith !== undefined) return backToDraft(call, saved);
  setFlash(call.deps, res, {
    level: savedOnServer ? 'ok' : 'warn',
    key: savedOnServer ? 'compose.saved' : 'compose.savedHereOnly',
    values: {},
  });
  seeOther(res, `/compose/${draft.id}`);
}

/**
 * A form without script sends the name of a file that was chosen and never attached: that is told,
 * or the message would one day leave without it.
 */
function forgottenFile({ ctx }: OpenCall, form: Form): string | undefined {
  const name = field(form, 'file');
  return name === '' ? undefined : ctx.t('compose.error.notAttached', { name });
}

/** To the composer again; where a save met another tab's text, with the way to that one. */
export async function backToDraft(call: OpenCall, saved: SaveResult): Promise<void> {
  const { deps, actor, res } = call;
  const { id } = saved.draft;
  if (saved.conflictWith === undefined) return seeOther(res, `/compose/${id}`);
  const draft = await deps.compose.load(actor, id);
  await composePage(call, draft, { mode: 'new' }, { status: 409, saved });
}

/** Puts a text that a plugin offers before what is written, which is saved first. */
async function insertTemplate(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const form = formOf(req.body);
  const { draft } = await ensureDraft(call, form);
  const id = field(form, 'template');
  const fields = await deps.compose.withTemplate(actor, fieldsOf(form, draft), id);
  await backToDraft(call, await saveFields(call, form, draft, { fields, toServer: false }));
}

async function send(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const form = formOf(req.body);
  const id = draftParam(req);
  const { draft: current } = await ensureDraft(call, form);
  // A second click arrives when the first has sent: the outcome is told again, nothing is saved over it.
  const isWriting = current.sending === undefined || current.sending === 'failed';
  const hasFields = form.has('to') || form.has('text');
  const saved =
    isWriting && hasFields ? await saveForm(call, form, current, { toServer: false }) : undefined;
  if (saved?.conflictWith !== undefined) return backToDraft(call, saved);
  // A save after a conflict goes on in the draft that took this tab's text.
  const target = saved?.draft.id ?? id;
  const attachmentNotice = forgottenFile(call, form);
  if (attachmentNotice !== undefined && saved) {
    await composePage(call, saved.draft, { mode: 'new' }, { status: 422, saved, attachmentNotice });
    return;
  }
  const time = sendTime(call, form);
  if (time.problem !== undefined && saved) {
    const state = { status: 422, saved, attachmentNotice: time.problem };
    await composePage(call, saved.draft, { mode: 'new' }, state);
    return;
  }
  const outcome = await deps.compose.send(actor, target, {
    confirmed: form.get('confirm') ?? [],
    at: time.at,
  });
  await answerOutcome(call, target, outcome, saved);
}

/** Cc becomes Bcc: the answer to a guard that found too many addresses shown to everybody. */
async function hideCopies(call: OpenCall): Promise<void> {
  const form = formOf(call.req.body);
  const { draft } = await ensureDraft(call, form);
  const before = fieldsOf(form, draft);
  const bcc = [before.bcc, before.cc]
    .map((text) => text.trim().replace(/[,;\s]+$/, ''))
    .filter((text) => text !== '')
    .join(', ');
  const fields = { ...before, cc: '', bcc };
  await backToDraft(call, await saveFields(call, form, draft, { fields, toServer: false }));
}

async function resend(call: OpenCall): Promise<void> {
  const id = draftParam(call.req);
  await answerOutcome(call, id, await call.deps.compose.resend(call.actor, id), undefined);
}

const STATUS: Readonly<
  Record<Exclude<SendOutcome['kind'], 'sent' | 'partial' | 'queued' | 'scheduled'>, number>
> = {
  confirm: 422,
  denied: 403,
  invalid: 422,
  rejected: 422,
  deferred: 503,
  unknown: 502,
};

/** Says the truth about a sending: gone, partly gone, to correct, refused, later, unknown. */
async function answerOutcome(
  call: OpenCall,
  id: string,
  outcome: SendOutcome,
  saved: SaveResult | undefined,
): Promise<void> {
  const { deps, actor, res, req } = call;
  if (outcome.kind === 'scheduled') return answerScheduled(call, id, outcome.at);
  if (outcome.kind === 'queued') {
    setFlash(deps, res, { level: 'ok', key: 'send.queued', values: {} });
    return seeOther(res, HOME);
  }
  if (outcome.kind === 'sent' || outcome.kind === 'partial') {
    const isWhole = outcome.kind === 'sent';
    const isUnreported = isWhole && outcome.sentCopy && outcome.isReported === false;
    const whole = outcome.sentCopy ? 'send.sent' : 'send.sentNoCopy';
    const key = isUnreported ? 'send.sentNoReport' : isWhole ? whole : 'send.partial';
    const addresses = isWhole ? '' : outcome.rejected.map(({ mail }) => mail).join(', ');
    setFlash(deps, res, {
      level: isWhole && outcome.sentCopy && !isUnreported ? 'ok' : 'warn',
      key,
      values: { addresses },
    });
    if (wantsJson(req)) res.json({ outcome: outcome.kind, location: HOME });
    else seeOther(res, HOME);
    return;
  }
  const draft = await deps.compose.load(actor, id);
  await composePage(
    call,
    draft,
    { mode: 'new' },
    { status: STATUS[outcome.kind], outcome, ...(saved && { saved }) },
  );
}

async function discard(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  await deps.compose.discard(actor, draftParam(req));
  setFlash(deps, res, { level: 'ok', key: 'compose.discarded', values: {} });
  seeOther(res, HOME);
}

export const composeRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/compose', access: 'open', handle: showNew },
  { method: 'get', path: '/compose/:draft', access: 'open', handle: showDraft },
  { method: 'post', path: '/compose/:draft', access: 'open', handle: save },
  { method: 'post', path: '/compose/:draft/template', access: 'open', handle: insertTemplate },
  { method: 'post', path: '/compose/:draft/send', access: 'open', handle: send },
  { method: 'post', path: '/compose/:draft/hide-copies', access: 'open', handle: hideCopies },
  { method: 'post', path: '/compose/:draft/resend', access: 'open', handle: resend },
  { method: 'post', path: '/compose/:draft/discard', access: 'open', handle: discard },
];
