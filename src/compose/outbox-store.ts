import { z } from 'zod';
import type { UserId } from '../base/types';
import { composeMode, type Executor, messageRef, readJson, serverCopy } from './rows';
import type { OutboxState, SendOutcome } from './types';

/**
 * How far a sending went; each is committed before the step it names. `prepared`: nothing can have
 * been accepted. `data`: the last bytes may have left. `accepted`: the server said yes.
 */
export type OutboxStep = 'prepared' | 'data' | 'accepted';

const address = z.object({ name: z.string(), mail: z.string() });

/** What a sending needs once the draft itself is gone. */
export const outboxJob = z.object({
  mode: composeMode,
  envelope: z.object({
    from: z.string(),
    to: z.array(z.string()),
    reportAs: z.string().optional(),
  }),
  recipients: z.array(address),
  /** Tells a repeated request, which brings the same fields, from a late change. */
  fieldsHash: z.string(),
  /** File name in the site's outbox folder; the very bytes for SMTP and for Sent. */
  spool: z.string(),
  sizeBytes: z.number(),
  /** Where its author wants the copy; absent: Sent. */
  sentMailbox: z.string().optional(),
  original: messageRef.optional(),
  draftCopy: serverCopy.optional(),
  /** Done once each, after the server's yes. */
  done: z.object({ sentCopy: z.boolean(), original: z.boolean(), draftCopy: z.boolean() }),
  /** Tries to file the sent copy: after the first, Sent is searched before appending. */
  fileTries: z.number(),
  /** The copy could not be filed, and trying again does not help: the agent is told. */
  copyFailed: z.boolean().default(false),
  /** The agent has read that, and leaves it to the next tries. */
  isHidden: z.boolean().default(false),
  /** To name the message by; forgotten as soon as its copy is filed. */
  subject: z.string().default(''),
});
export type OutboxJob = z.infer<typeof outboxJob>;

const rejection = z.object({ mail: z.string(), code: z.number() });
/** The outcomes that outlive the call that met them. */
export const storedOutcome = z.discriminatedUnion('kind', [
  // `isReported` false: reports of its delivery were wanted, and the server makes none.
  z.object({ kind: z.literal('sent'), isReported: z.boolean().optional() }),
  z.object({
    kind: z.literal('partial'),
    accepted: z.array(z.string()),
    rejected: z.array(rejection),
  }),
  z.object({
    kind: z.literal('rejected'),
    rejected: z.array(rejection),
    // Rows of before this was told.
    refused: z.enum(['recipients', 'sender', 'size', 'content', 'credential']).default('content'),
  }),
  z.object({
    kind: z.literal('deferred'),
    reason: z.enum(['unreachable', 'temporary', 'timeout']),
  }),
  z.object({ kind: z.literal('unknown') }),
  z.object({ kind: z.literal('queued'), by: z.string() }),
  z.object({ kind: z.literal('scheduled') }),
]);
export type StoredOutcome = z.infer<typeof storedOutcome>;

export interface OutboxRow {
  readonly draft: string;
  readonly user: UserId;
  readonly site: string;
  readonly state: OutboxState;
  readonly step: OutboxStep;
  readonly revision: number;
  readonly messageId: string;
  readonly job: OutboxJob | undefined;
  readonly outcome: StoredOutcome | undefined;
  readonly owner: string;
  readonly leaseUntil: number;
  /** Sent, with something left to do: its copy, the mark on the original, the draft's copy. */
  readonly isUnfinished: boolean;
  readonly updatedAt: string;
  /** When a message that was put off leaves, in milliseconds since 1970. */
  readonly sendAt: number | undefined;
  /** What opens the mail while the agent is away, sealed. */
  readonly access: string | undefined;
  /** Times that a due message could not leave for now. */
  readonly lateTries: number;
}

const row = z.object({
  draft_id: z.string(),
  user_id: z.number(),
  site: z.string(),
  state: z.enum(['held', 'sending', 'sent', 'failed', 'unknown']),
  step: z.enum(['prepared', 'data', 'accepted']),
  revision: z.number(),
  message_id: z.string(),
  job: z.string().nullable(),
  outcome: z.string().nullable(),
  owner: z.string(),
  lease_until: z.number(),
  // SQLite has no booleans.
  is_unfinished: z.coerce.boolean(),
  updated_at: z.string(),
  send_at: z.number().nullable(),
  access: z.string().nullable(),
  late_tries: z.number(),
});

function toRow(value: unknown): OutboxRow {
  const found = row.parse(value);
  return {
    draft: found.draft_id,
    user: found.user_id as UserId,
    site: found.site,
    state: found.state,
    step: found.step,
    revision: found.revision,
    messageId: found.message_id,
    job: found.job === null ? undefined : readJson(outboxJob, found.job),
    outcome: found.outcome === null ? undefined : readJson(storedOutcome, found.outcome),
    owner: found.owner,
    leaseUntil: found.lease_until,
    isUnfinished: found.is_unfinished,
    updatedAt: found.updated_at,
    sendAt: found.send_at ?? undefined,
    access: found.access ?? undefined,
    lateTries: found.late_tries,
  };
}

export async function findOutbox(
  on: Executor,
  owner: { readonly user: UserId; readonly site: string },
  draft: string,
): Promise<OutboxRow | undefined> {
  const found: unknown = await on('outbox')
    .where({ draft_id: draft, user_id: owner.user, site: owner.site })
    .first();
  return found === undefined ? undefined : toRow(found);
}

/** States of several drafts at once. */
export async function outboxStates(
  on: Executor,
  drafts: readonly string[],
): Promise<ReadonlyMap<string, OutboxState>> {
  const rows = z.array(z.object({ draft_id: z.string(), state: row.shape.state })).parse(
    await on('outbox')
      .whereIn('draft_id', [...drafts])
      .select('draft_id', 'state'),
  );
  return new Map(rows.map(({ draft_id, state }) => [draft_id, state]));
}

/** Makes the row; says whether it was the first for this draft. */
export async function insertOutbox(
  on: Executor,
  claim: Pick<
    OutboxRow,
    'draft' | 'user' | 'site' | 'revision' | 'messageId' | 'owner' | 'leaseUntil'
  >,
  at: string,
): Promise<boolean> {
  const row = {
    draft_id: claim.draft,
    user_id: claim.user,
    site: claim.site,
    state: 'sending',
    step: 'prepared',
    revision: claim.revision,
    message_id: claim.messageId,
    owner: claim.owner,
    lease_until: claim.leaseUntil,
    created_at: at,
    updated_at: at,
  };
  const made: unknown[] = await on('outbox')
    .insert(row)
    .onConflict('draft_id')
    .ignore()
    .returning('draft_id');
  return made.length === 1;
}

/** The row as it must still be for a change to happen: the compare of compare-and-set. */
export interface Expected {
  readonly draft: string;
  readonly state: OutboxState;
  readonly step?: OutboxStep;
  readonly owner?: string;
}

export interface Changes {
  readonly state?: OutboxState;
  readonly step?: OutboxStep;
  readonly revision?: number;
  readonly job?: OutboxJob;
  readonly outcome?: StoredOutcome | null;
  readonly owner?: string;
  readonly leaseUntil?: number;
  readonly isUnfinished?: boolean;
  readonly sendAt?: number | null;
  readonly access?: string | null;
  readonly lateTries?: number;
}

/** Changes the row if it still is as expected; says whether it was. */
export async function changeOutbox(
  on: Executor,
  expected: Expected,
  changes: Changes,
  at: string,
): Promise<boolean> {
  const set = {
    state: changes.state,
    step: changes.step,
    revision: changes.revision,
    job: changes.job && JSON.stringify(changes.job),
    outcome: changes.outcome === null ? null : changes.outcome && JSON.stringify(changes.outcome),
    owner: changes.owner,
    lease_until: changes.leaseUntil,
    is_unfinished: changes.isUnfinished,
    send_at: changes.sendAt,
    access: changes.access,
    late_tries: changes.lateTries,
    updated_at: at,
  };
  const count = await on('outbox')
    .where(whereOf(expected))
    .update(Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined)));
  return count === 1;
}

/** Gives a claim up if it still is as expected; says whether it was. */
export async function deleteOutbox(on: Executor, expected: Expected): Promise<boolean> {
  return (await on('outbox').where(whereOf(expected)).delete()) === 1;
}

const whereOf = ({ draft, state, step, owner }: Expected): Record<string, string> => ({
  draft_id: draft,
  state,
  ...(step && { step }),
  ...(owner && { owner }),
});

/** Every sending that claims to be under way. */
export async function listSending(on: Executor): Promise<readonly OutboxRow[]> {
  const rows: unknown[] = await on('outbox').where({ state: 'sending' });
  return rows.map(toRow);
}

/** Held messages whose time has come, the earliest first. */
export async function listDue(
  on: Executor,
  now: number,
  limit: number,
): Promise<readonly OutboxRow[]> {
  const rows: unknown[] = await on('outbox')
    .where({ state: 'held' })
    .where('send_at', '<=', now)
    .orderBy('send_at')
    .limit(limit);
  return rows.map(toRow);
}

const PUT_OFF = ['held', 'sending', 'failed', 'unknown'] satisfies OutboxState[];

/** An agent's messages that were put off: those that wait, and those that could not leave. */
export async function listPutOff(
  on: Executor,
  owner: { readonly user: UserId; readonly site: string },
  limit: number,
): Promise<readonly OutboxRow[]> {
  const rows: unknown[] = await on('outbox')
    .where({ user_id: owner.user, site: owner.site })
    .whereIn('state', PUT_OFF)
    .whereNotNull('send_at')
    .orderBy('send_at')
    .limit(limit);
  return rows.map(toRow);
}

export async function countPutOff(
  on: Executor,
  owner: { readonly user: UserId; readonly site: string },
): Promise<number> {
  const found: unknown = await on('outbox')
    .where({ user_id: owner.user, site: owner.site })
    .whereIn('state', PUT_OFF)
    .whereNotNull('send_at')
    .count({ count: '*' })
    .first();
  return z.object({ count: z.coerce.number() }).parse(found).count;
}

/** Sent messages with something left to do, oldest first. */
export async function listUnfinished(
  on: Executor,
  owner: { readonly user: UserId; readonly site: string },
  limit: number,
): Promise<readonly OutboxRow[]> {
  const rows: unknown[] = await on('outbox')
    .where({ user_id: owner.user, site: owner.site, state: 'sent', is_unfinished: true })
    .orderBy('updated_at')
    .limit(limit);
  return rows.map(toRow);
}

/** Spool files that some row still needs, by draft. */
export async function knownOutbox(
  on: Executor,
  drafts: readonly string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const rows: unknown[] = await on('outbox').whereIn('draft_id', [...drafts]);
  return new Map(rows.map(toRow).map(({ draft, job }) => [draft, job?.spool]));
}

/** Forgets finished sendings older than `before`: long after any repeat of their request. */
export const deleteFinished = (on: Executor, before: string): Promise<number> =>
  on('outbox')
    .where({ state: 'sent', is_unfinished: false })
    .where('updated_at', '<', before)
    .delete();

/** What a stored outcome says to the person who asks again. */
export function tellOutcome(found: OutboxRow, repeated: boolean): SendOutcome | undefined {
  const { outcome, messageId } = found;
  const sentCopy = found.job?.done.sentCopy ?? false;
  switch (outcome?.kind) {
    case undefined:
      return found.state === 'unknown' ? { kind: 'unknown', messageId } : undefined;
    case 'sent':
      return {
        kind: 'sent',
        messageId,
        sentCopy,
        repeated,
        ...(outcome.isReported === false && { isReported: false }),
      };
    case 'partial':
      return { ...outcome, sentCopy };
    case 'unknown':
      return { kind: 'unknown', messageId };
    case 'queued':
      return { kind: 'queued', messageId, by: outcome.by };
    case 'scheduled':
      return { kind: 'scheduled', messageId, at: found.sendAt ?? 0 };
    default:
      return outcome;
  }
}
