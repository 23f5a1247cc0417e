import { isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import { newToken } from '../base/ids';
import type { Uid, UidValidity } from '../base/types';
import type { MessageView } from '../mail/types';
import type { Actor } from '../session/types';
import { type ComposeContext, ownerOf } from './context';
import { copyParts, partsToBring, removeCopies } from './copy-parts';
import { findDraft, insertAttachment, insertDraft, type StoredDraft } from './draft-store';
import type { DraftSeed } from './hooks';
import { listIdentities } from './identities';
import { messageIdFor } from './message-ids';
import { findOpenDraft } from './open-edit';
import type { Opening } from './opening';
import { openNew, openOn } from './openings';
import { findOutbox } from './outbox-store';
import { cleanFields } from './save';
import { isGoneError } from './server-copy';
import type {
  ComposeMode,
  Draft,
  DraftAttachment,
  DraftFields,
  DraftInit,
  Identity,
} from './types';
import { viewDraft, viewOf, viewSent } from './view';

/** A draft worked out and not written. */
interface Plan {
  readonly draft: StoredDraft;
  readonly view: MessageView | undefined;
  readonly parts: ReturnType<typeof partsToBring>;
}

const NO_DRAFT_YET = 0;
// 128 random bits as `newToken` writes them: ids come back from forms.
const DRAFT_ID = /^[A-Za-z0-9_-]{22}$/;

/** What the form of a new composition shows. Writes nothing: a link that is only followed is safe. */
export async function prepareDraft(
  context: ComposeContext,
  actor: Actor,
  init: DraftInit,
): Promise<Draft> {
  const view = await originalOf(context, actor, init);
  const living = view && init.mode === 'edit' && (await findOpenDraft(context, actor, view));
  if (living) return viewDraft(context, living);
  const plan = await planDraft(context, actor, init, { id: newToken(16), view });
  const pending = plan.parts.map(({ part, filename, type, sizeBytes, contentId }) => ({
    id: `pending:${part ?? 'whole'}`,
    filename,
    type,
    sizeBytes,
    contentId,
  }));
  return { ...viewOf(plan.draft), attachments: pending };
}

/**
 * The draft of this id, made from `init` when there is none yet. Files are copied first and the
 * rows made together: nobody ever sees a forward without its attachments. One that was sent
 * meanwhile is not made again: it comes back with `sending: 'sent'`.
 */
export function ensureDraft(
  context: ComposeContext,
  actor: Actor,
  id: string,
  init: DraftInit,
): Promise<Draft> {
  if (!DRAFT_ID.test(id)) throw new AppError('draft/not-found');
  return context.inTurn(`ensure ${id}`, async () => {
    const existing = await findExisting(context, actor, id);
    if (existing) return existing;
    const view = await originalIfThere(context, actor, init);
    const plan = await planDraft(context, actor, init, { id, view });
    const copied = view ? await copyParts(context, actor, plan.draft, { ...plan, view }) : [];
    const isMade = await insertWhole(context, plan.draft, copied);
    if (!isMade) await removeCopies(context, plan.draft, copied);
    const made = await findExisting(context, actor, id);
    // Taken, and not by this person: as unknown as any other id.
    if (!made) throw new AppError('draft/not-found');
    return made;
  });
}

async function findExisting(
  context: ComposeContext,
  actor: Actor,
  id: string,
): Promise<Draft | undefined> {
  const draft = await findDraft(context.db.knex, ownerOf(actor), id);
  if (draft) return viewDraft(context, draft);
  const row = await findOutbox(context.db.knex, ownerOf(actor), id);
  return row && viewSent(row, EMPTY_FIELDS);
}

const EMPTY_FIELDS: DraftFields = {
  identity: '',
  to: '',
  cc: '',
  bcc: '',
  subject: '',
  format: 'plain',
  text: '',
  html: '',
};

const insertWhole = (
  context: ComposeContext,
  draft: StoredDraft,
  attachments: readonly DraftAttachment[],
): Promise<boolean> =>
  context.db.transaction(async (trx) => {
    if (!(await insertDraft(trx, draft))) return false;
    for (const attachment of attachments) await insertAttachment(trx, draft.id, attachment);
    return true;
  });

async function planDraft(
  context: ComposeContext,
  actor: Actor,
  init: DraftInit,
  given: { readonly id: string; readonly view: MessageView | undefined },
): Promise<Plan> {
  const identities = await listIdentities(context, actor);
  const { view } = given;
  const { mode } = init;
  const answering = view && (await answeringIdentities(context, actor, { view, mode, identities }));
  const opening = view
    ? await openOn(context, actor, view, { mode, identities: answering ?? identities })
    : await openNew(context, actor, identities, init.prefill);
  const fields = await filterFields(context, actor, mode, opening, view);
  const html = fields.format === 'html' ? fields.html : '';
  const links = { ...opening.links, ...(init.calendar && { calendar: init.calendar }) };
  return {
    draft: newDraft(context, actor, { ...opening, links, fields, mode, id: given.id }),
    view,
    parts: view ? partsToBring(view, html, opening.parts) : [],
  };
}

/** The one identity that a plugin chose for an answer, as a list; `undefined` leaves the choice. */
async function answeringIdentities(
  { hooks }: ComposeContext,
  { scope, user }: Actor,
  given: {
    readonly view: MessageView;
    readonly mode: ComposeMode;
    readonly identities: readonly Identity[];
  },
): Promise<readonly Identity[] | undefined> {
  const { view, mode, identities } = given;
  if (mode === 'edit' || mode === 'again') return undefined;
  const { ref, subject, from, to, cc } = view;
  const original = { ref, subject, from, to, cc };
  const query = { original, identities, mode, user: user.id };
  const chosen = await hooks.first(scope, 'identity:resolve', query);
  const found = identities.filter(({ id }) => id === chosen?.answer.id);
  return found.length > 0 ? found : undefined;
}

/** Text already written must not be lost because what it answers was deleted meanwhile. */
async function originalIfThere(
  context: ComposeContext,
  actor: Actor,
  init: DraftInit,
): Promise<MessageView | undefined> {
  try {
    return await originalOf(context, actor, init);
  } catch (error) {
    const needsIt = init.mode === 'forward' || init.mode === 'forward-attached';
    if (needsIt || !isGoneError(error)) throw error;
    return undefined;
  }
}

async function originalOf(
  context: ComposeContext,
  actor: Actor,
  { mode, original }: DraftInit,
): Promise<MessageView | undefined> {
  if (mode === 'new') return undefined;
  if (!original) throw new AppError('request/invalid');
  const { mailbox, uid, uidValidity } = original;
  // The mail domain checks both against the server: a wrong number is a 404 or a 409.
  const at = { mailbox, uid: uid as Uid };
  const checked =
    uidValidity === undefined ? at : { ...at, uidValidity: uidValidity as UidValidity };
  return context.mail.message(actor, checked, { markSeen: false });
}

async function filterFields(
  context: ComposeContext,
  actor: Actor,
  mode: ComposeMode,
  opening: Opening,
  view: MessageView | undefined,
): Promise<DraftFields> {
  const { links } = opening;
  const before: DraftSeed = {
    ...opening.fields,
    mode,
    ...(links.inReplyTo !== undefined && { inReplyTo: links.inReplyTo }),
  };
  const about = { user: actor.user.id };
  const seed = await context.hooks.filter(actor.scope, 'compose:draft', before, about);
  const isHtml = seed.format === 'html';
  const body = await context.hooks.filter(
    actor.scope,
    'compose:body',
    { text: seed.text, ...(isHtml && { html: seed.html }) },
    { mode, ...(view && { original: view.ref }) },
  );
  const fields = { ...seed, text: body.text, html: body.html ?? '' };
  // The sanitiser comes last, whoever wrote the HTML.
  return cleanFields(context, fields, mode);
}

function newDraft(
  context: ComposeContext,
  actor: Actor,
  opening: Pick<Opening, 'fields' | 'links' | 'serverCopy'> & Pick<StoredDraft, 'id' | 'mode'>,
): StoredDraft {
  const at = isoNow(context.clock);
  return {
    id: opening.id,
    user: actor.user.id,
    site: actor.site.id,
    mode: opening.mode,
    revision: NO_DRAFT_YET,
    fields: opening.fields,
    links: opening.links,
    messageId: messageIdFor(actor.user.mail),
    serverCopy: opening.serverCopy,
    forkedFrom: undefined,
    createdAt: at,
    savedAt: at,
  };
}
