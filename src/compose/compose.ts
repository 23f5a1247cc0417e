import { singleFlight } from '../base/async';
import type { UserId } from '../base/types';
import type { Actor } from '../session/types';
import { attachUpload, detachUpload, openAttachment } from './attachments';
import { recoverOutbox, thisProcess } from './claim';
import { type ComposeContext, type ComposeDeps, ownerOf, requireDraft } from './context';
import { forgetCorrespondents, listCorrespondents } from './correspondent-store';
import { discardDraft } from './discard';
import { listDrafts } from './draft-store';
import { expandList } from './expand';
import { retryUnfinished } from './finish';
import { listIdentities } from './identities';
import { importFile } from './import-file';
import { listLateCopies, settleLateCopy } from './late-copies';
import { callBack, idleLater, listLater, putOffTo, sendDue, sendDueOf, wakeAt } from './later';
import { createMeeting } from './meet';
import { ensureDraft, prepareDraft } from './open';
import { countPutOff } from './outbox-store';
import { createOwnTexts, type OwnTexts } from './own';
import { type ReceiptToSend, sendReceipt } from './receipt';
import { composeRecords } from './records';
import { saveDraft } from './save';
import { resendDraft, sendDraft } from './send';
import { suggest } from './suggest';
import { sweepUploads } from './sweep';
import { type ComposeTemplate, listTemplates, withTemplate } from './templates';
import { createTurns } from './turns';
import type { Compose, CopyPlace, Draft, DraftAttachment, DraftFields, LateCopy } from './types';
import { createUploadFiles } from './upload-files';
import { viewDraft, viewDrafts } from './view';

const MAX_UNFINISHED = 50;

/** The compose domain, and the work that the process does for it by itself. */
export interface ComposeService extends Compose {
  /** Copies and marks that earlier sendings of this agent lack; when their mail server answers. */
  retrySentCopies(actor: Actor): Promise<{ readonly filed: number }>;
  /** Copies that cannot be filed in Sent, of which the agent has to hear. */
  lateCopies(actor: Actor): Promise<readonly LateCopy[]>;
  /** What the agent chose for one of them; false when it failed again. */
  settleLateCopy(actor: Actor, draft: string, place: CopyPlace): Promise<boolean>;
  /** Tells a sender that a message was read, by the agent's choice; throws when it did not leave. */
  receipt(actor: Actor, receipt: ReceiptToSend): Promise<void>;
  /** What agents keep to write with. */
  readonly own: OwnTexts;
  /** The agent's texts, and those that plugins offer. */
  templates(actor: Actor): Promise<readonly ComposeTemplate[]>;
  /** Fields with a template before what is written; `request/not-found` for an unknown one. */
  withTemplate(actor: Actor, fields: DraftFields, id: string): Promise<DraftFields>;
  /** Attaches what a plugin brings for an address; `request/not-found` when none knows it. */
  importFile(actor: Actor, draft: string, uri: string): Promise<DraftAttachment>;
  /** What is kept about a person, for their right of access. */
  records(user: UserId): ReturnType<typeof composeRecords>;
  /** Sends what was put off until now, with nobody there; every few seconds. */
  sendDue(): Promise<void>;
  /** Sends what waits for this agent to be there; when a page of theirs is shown. */
  sendDueOf(actor: Actor): Promise<void>;
  /** Resolves when what is being sent with nobody there has ended. */
  idle(): Promise<void>;
  /** Hourly: files without an owner, finished sendings of long ago. */
  sweepUploads(): Promise<{ readonly files: number }>;
}

/** Builds the domain; `recover` is to be called at boot and once a minute. */
export function createCompose(deps: ComposeDeps): ComposeService {
  const context: ComposeContext = {
    ...deps,
    files: createUploadFiles(deps.uploadsDir),
    processId: thisProcess(),
    readings: singleFlight(),
    inTurn: createTurns(),
  };
  return {
    identities: (actor) => listIdentities(context, actor),
    own: createOwnTexts(context),
    prepare: (actor, init) => prepareDraft(context, actor, init),
    ensure: async (actor, id, init) => ensureDraft(context, actor, id, init),
    load: async (actor, id) => viewDraft(context, await requireDraft(context, actor, id)),
    unfinished: (actor) => listUnfinished(context, actor),
    save: (actor, id, fields, options) => saveDraft(context, actor, id, fields, options),
    attach: (actor, id, upload) => attachUpload(context, actor, id, upload),
    detach: (actor, id, attachment) => detachUpload(context, actor, id, attachment),
    attachment: (actor, id, attachment) => openAttachment(context, actor, id, attachment),
    discard: (actor, id) => discardDraft(context, actor, id),
    send: async (actor, id, options) => {
      const outcome = await sendDraft(context, actor, id, options);
      if (outcome.kind === 'scheduled') wakeAt(context, outcome.at);
      return outcome;
    },
    putOff: (actor) => listLater(context, actor),
    countPutOff: (actor) => countPutOff(context.db.knex, ownerOf(actor)),
    callBack: (actor, id) => callBack(context, actor, id),
    putOffTo: (actor, id, at) => putOffTo(context, actor, id, at),
    sendDue: () => sendDue(context),
    sendDueOf: (actor) => sendDueOf(context, actor),
    idle: () => idleLater(context),
    resend: (actor, id) => resendDraft(context, actor, id),
    suggest: (actor, query, purpose, options) => suggest(context, actor, query, purpose, options),
    expand: (actor, list) => expandList(context, actor, list),
    recover: () => recoverOutbox(context),
    meet: createMeeting(context),
    correspondents: (actor, question = {}) =>
      listCorrespondents(context.db.knex, actor.user.id, question),
    forgetCorrespondents: (actor, mails) =>
      forgetCorrespondents(context.db.knex, actor.user.id, mails),
    retrySentCopies: async (actor) => ({ filed: await retryUnfinished(context, actor) }),
    lateCopies: (actor) => listLateCopies(context, actor),
    settleLateCopy: (actor, draft, place) => settleLateCopy(context, actor, draft, place),
    receipt: (actor, receipt) => sendReceipt(context, actor, receipt),
    templates: (actor) => listTemplates(context, actor),
    withTemplate: (actor, fields, id) => withTemplate(context, actor, fields, id),
    importFile: (actor, draft, uri) => importFile(context, actor, draft, uri),
    records: (user) => composeRecords(context.db, user),
    sweepUploads: () => sweepUploads(context),
  };
}

async function listUnfinished(context: ComposeContext, actor: Actor): Promise<readonly Draft[]> {
  const drafts = await listDrafts(context.db.knex, ownerOf(actor), MAX_UNFINISHED);
  return viewDrafts(context.db.knex, drafts);
}
