import { isoNow } from '../base/clock';
import { AppError, isAppError } from '../base/errors';
import { headerValue } from '../base/html';
import { newToken } from '../base/ids';
import type { Actor } from '../session/types';
import { type ComposeContext, ownerOf, requireDraft } from './context';
import {
  findDraft,
  findFork,
  insertAttachment,
  insertDraft,
  listAttachments,
  type StoredDraft,
  updateFields,
} from './draft-store';
import { sanitizeDraftHtml } from './html';
import { messageIdFor } from './message-ids';
import { findOutbox } from './outbox-store';
import { soon } from './patience';
import { type Executor, hashFields } from './rows';
import { saveServerCopy } from './server-copy';
import type { ComposeMode, DraftFields, SaveResult } from './types';
import { refuseWhileSending, viewDraft, viewSent } from './view';

// Pasted lists of thousands of addresses fit; a text of this size is a file.
const MAX_ADDRESS_CHARS = 500_000;
const MAX_SUBJECT_CHARS = 2_000;
const MAX_TEXT_CHARS = 5_000_000;
// Tabs and clicks that save one draft at the same moment; each is overtaken once by each other.
const STORE_TRIES = 5;

/**
 * Two tabs on one draft: nobody's text is overwritten. Who saves on an older revision keeps this
 * draft, and what stood there moves to a new draft (`conflictWith`). The other tab, at its next
 * save, still names the revision that moved: its text follows to that new draft, which the result
 * then returns, so that two tabs saving in turn make two drafts and not one at each save.
 */
export async function saveDraft(
  context: ComposeContext,
  actor: Actor,
  id: string,
  typed: DraftFields,
  options: { readonly baseRevision: number; readonly toServer: boolean },
): Promise<SaveResult> {
  const repeat = await repeatedSave(context, actor, id, typed);
  if (repeat) return repeat;
  const { mode } = await requireDraft(context, actor, id);
  const fields = await cleanFields(context, typed, mode);
  const save = { id, fields, base: options.baseRevision };
  let saved: Saved;
  try {
    saved = await storeFirst(context, actor, save);
  } catch (error) {
    // The other click may have come to the sending, or to its end, in between.
    const late = await repeatedSave(context, actor, id, typed);
    if (late) return late;
    throw error;
  }
  const savedOnServer = !options.toServer || (await copySoon(context, actor, saved.draft.id));
  const draft = await viewDraft(context, saved.draft);
  return { draft, conflictWith: saved.conflictWith, savedOnServer };
}

/** The row is the truth: a slow server's copy follows, with the latest text when its turn comes. */
const copySoon = (context: ComposeContext, actor: Actor, id: string): Promise<boolean> =>
  soon(context.clock, saveServerCopy(context, actor, id), false, (err) => {
    context.log.warn({ err }, 'draft/server-copy-failed');
  });

/**
 * A second click posts the same form again while the first one sends, or when it has: there is
 * nothing to save then, and nothing to refuse. Other fields are: they are in no copy of what left.
 */
async function repeatedSave(
  context: ComposeContext,
  actor: Actor,
  id: string,
  typed: DraftFields,
): Promise<SaveResult | undefined> {
  const row = await findOutbox(context.db.knex, ownerOf(actor), id);
  const isFrozen = row?.state === 'sending' || row?.state === 'held' || row?.state === 'sent';
  if (!row || !isFrozen) return undefined;
  const draft = await findDraft(context.db.knex, ownerOf(actor), id);
  const fields = await cleanFields(context, typed, draft?.mode ?? row.job?.mode ?? 'new');
  const sent = draft ? hashFields(draft.fields) : row.job?.fieldsHash;
  if (hashFields(fields) !== sent) {
    const textKey = draft ? 'compose.error.beingSent' : 'compose.error.alreadySent';
    throw new AppError('draft/conflict', { textKey });
  }
  const view = draft ? await viewDraft(context, draft) : viewSent(row, fields);
  return { draft: view, conflictWith: undefined, savedOnServer: true };
}

/** The fields as they are stored: one-line subject, no NUL, HTML sanitised. */
export async function cleanFields(
  context: ComposeContext,
  typed: DraftFields,
  mode: ComposeMode,
): Promise<DraftFields> {
  const fields: DraftFields = {
    identity: headerValue(typed.identity),
    to: withoutNul(typed.to),
    cc: withoutNul(typed.cc),
    bcc: withoutNul(typed.bcc),
    subject: headerValue(typed.subject),
    format: typed.format,
    text: withoutNul(typed.text),
    html: typed.format === 'html' ? withoutNul(typed.html) : '',
    ...(typed.priority && { priority: typed.priority }),
    ...(typed.receipt === true && { receipt: true }),
    ...(typed.report === true && { report: true }),
    ...(isLanguage(typed.language) && { language: typed.language }),
  };
  refuseTooLarge(fields);
  return { ...fields, html: (await sanitizeDraftHtml(context, fields.html, mode)).html };
}

/** A tag of BCP 47, as far as a page offers any. */
const isLanguage = (tag: string | undefined): boolean =>
  tag !== undefined && /^[a-z]{2,3}(?:-[A-Z]{2})?$/.test(tag);

const withoutNul = (text: string): string => text.replaceAll('\0', '');

function refuseTooLarge({ to, cc, bcc, subject, text, html, identity }: DraftFields): void {
  const isTooLarge =
    Math.max(to.length, cc.length, bcc.length) > MAX_ADDRESS_CHARS ||
    Math.max(subject.length, identity.length) > MAX_SUBJECT_CHARS ||
    Math.max(text.length, html.length) > MAX_TEXT_CHARS;
  if (isTooLarge) throw new AppError('request/too-large');
}

interface Saved {
  readonly draft: StoredDraft;
  readonly conflictWith: string | undefined;
}

interface Save {
  readonly id: string;
  readonly fields: DraftFields;
  readonly base: number;
}

/** Looks again when another save came in between: it may have brought the very same text. */
async function storeFirst(context: ComposeContext, actor: Actor, save: Save): Promise<Saved> {
  for (let tries = 1; ; tries++) {
    try {
      return await context.db.transaction((trx) => store(context, trx, actor, save));
    } catch (error) {
      const isOvertaken =
        isAppError(error, 'draft/conflict') && error.details['overtaken'] === true;
      if (!isOvertaken || tries === STORE_TRIES) throw error;
    }
  }
}

async function store(
  context: ComposeContext,
  on: Executor,
  actor: Actor,
  save: Save,
): Promise<Saved> {
  const current = await findDraft(on, ownerOf(actor), save.id);
  if (!current) throw new AppError('draft/not-found');
  if (isSame(current.fields, save.fields) && current.revision !== save.base) {
    return { draft: current, conflictWith: undefined };
  }
  await refuseWhileSending(on, ownerOf(actor), current.id);
  if (current.revision === save.base) {
    return { draft: await write(context, on, current, save.fields), conflictWith: undefined };
  }
  const fork = await findFork(on, { id: current.id, revision: save.base });
  if (fork && fork.revision === save.base) {
    return { draft: await write(context, on, fork, save.fields), conflictWith: current.id };
  }
  const other = await forkDraft(context, on, actor, current);
  return { draft: await write(context, on, current, save.fields), conflictWith: other.id };
}

const isSame = (a: DraftFields, b: DraftFields): boolean =>
  a.identity === b.identity &&
  a.to === b.to &&
  a.cc === b.cc &&
  a.bcc === b.bcc &&
  a.subject === b.subject &&
  a.format === b.format &&
  a.text === b.text &&
  a.html === b.html &&
  a.priority === b.priority &&
  (a.receipt ?? false) === (b.receipt ?? false) &&
  (a.report ?? false) === (b.report ?? false) &&
  a.language === b.language;

async function write(
  context: ComposeContext,
  on: Executor,
  draft: StoredDraft,
  fields: DraftFields,
): Promise<StoredDraft> {
  const savedAt = isoNow(context.clock);
  // Compare-and-set, whatever the transaction holds: a text is never written over another one.
  if (!(await updateFields(on, draft, fields, savedAt))) {
    throw new AppError('draft/conflict', { details: { overtaken: true } });
  }
  return { ...draft, fields, savedAt, revision: draft.revision + 1 };
}

/** The stored text under a new id, its files shared. */
async function forkDraft(
  context: ComposeContext,
  on: Executor,
  actor: Actor,
  from: StoredDraft,
): Promise<StoredDraft> {
  const fork: StoredDraft = {
    ...from,
    id: newToken(16),
    messageId: messageIdFor(actor.user.mail),
    serverCopy: undefined,
    forkedFrom: { id: from.id, revision: from.revision },
    createdAt: isoNow(context.clock),
  };
  await insertDraft(on, fork);
  for (const attachment of (await listAttachments(on, [from.id])).get(from.id) ?? []) {
    const copy = { ...attachment, id: newToken(16) };
    await context.files.share(
      { site: from.site, draft: from.id, id: attachment.id },
      { site: fork.site, draft: fork.id, id: copy.id },
    );
    await insertAttachment(on, fork.id, copy);
  }
  return fork;
}
