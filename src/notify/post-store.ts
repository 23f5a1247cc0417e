import type { Knex } from 'knex';
import { z } from 'zod';
import type { SiteId } from '../base/types';

/** `data`: the last bytes may have left. `unknown`: a try ended there, and nobody can tell. */
export type PostState = 'waiting' | 'data' | 'sent' | 'unknown' | 'given-up';

const address = z.object({ name: z.string(), mail: z.string() });
const messageShape = z.object({
  to: z.array(address),
  fromName: z.string().optional(),
  replyTo: z.string().optional(),
  subject: z.string(),
  text: z.string(),
  calendar: z.object({ method: z.string(), text: z.string() }).optional(),
});
/** What is kept of a post until it is settled. */
export type PostMessage = z.output<typeof messageShape>;

const rowShape = z.object({
  id: z.number(),
  site: z.string(),
  plugin: z.string(),
  message: z.string().nullable(),
  message_id: z.string(),
  tries: z.number(),
  created_at: z.string(),
});
const knownShape = z.object({
  state: z.enum(['waiting', 'data', 'sent', 'unknown', 'given-up']),
  rejected: z.string().nullable(),
});
const sumShape = z.object({ n: z.coerce.number().nullable() });

/** A mail whose time has come. */
export interface WaitingPost {
  readonly id: number;
  readonly site: SiteId;
  readonly plugin: string;
  readonly message: PostMessage | undefined;
  readonly messageId: string;
  readonly tries: number;
  readonly createdAt: string;
}

/** Whose post it is, and what it is known by. */
export interface PostKey {
  readonly plugin: string;
  readonly site: SiteId;
  readonly keyHash: string;
}

const whereOf = ({ plugin, site, keyHash }: PostKey) => ({ plugin, site, key_hash: keyHash });

/** What became of the post of a key; `undefined` for a new one. */
export async function findPost(
  knex: Knex,
  key: PostKey,
): Promise<{ readonly state: PostState; readonly rejected: readonly string[] } | undefined> {
  const row: unknown = await knex('posts').where(whereOf(key)).first();
  if (row === undefined) return undefined;
  const { state, rejected } = knownShape.parse(row);
  return { state, rejected: z.array(z.string()).parse(JSON.parse(rejected ?? '[]')) };
}

/** Recipients of a plugin on a site since a time. */
export async function countRecipients(
  knex: Knex,
  { plugin, site }: PostKey,
  since: string,
): Promise<number> {
  const row: unknown = await knex('posts')
    .where({ plugin, site })
    .where('created_at', '>', since)
    .sum({ n: 'recipients' })
    .first();
  return sumShape.parse(row).n ?? 0;
}

/** The most posts that one of these had since a time. */
export async function mostOfOne(
  knex: Knex,
  hashes: readonly string[],
  since: string,
): Promise<number> {
  const row: unknown = await knex('post_recipients')
    .whereIn('recipient_hash', [...hashes])
    .where('created_at', '>', since)
    .groupBy('recipient_hash')
    .count({ n: '*' })
    .orderBy('n', 'desc')
    .first();
  return row === undefined ? 0 : (sumShape.parse(row).n ?? 0);
}

/** Adds a post with those whom it is counted for; its key is free (the caller's transaction). */
export async function insertPost(
  trx: Knex,
  key: PostKey,
  post: {
    readonly message: PostMessage;
    readonly messageId: string;
    readonly hashes: readonly string[];
  },
  now: string,
): Promise<void> {
  const made: unknown = await trx('posts')
    .insert({
      ...whereOf(key),
      message: JSON.stringify(post.message),
      message_id: post.messageId,
      state: 'waiting',
      recipients: post.message.to.length,
      created_at: now,
      next_at: now,
    })
    .returning('id');
  const [{ id } = { id: 0 }] = z.array(z.object({ id: z.number() })).parse(made);
  await trx('post_recipients').insert(
    post.hashes.map((hash) => ({ post_id: id, recipient_hash: hash, created_at: now })),
  );
}

/** Posts whose time has come, the oldest first. */
export async function duePosts(
  knex: Knex,
  now: string,
  limit: number,
): Promise<readonly WaitingPost[]> {
  const rows: unknown = await knex('posts')
    .where({ state: 'waiting' })
    .where('next_at', '<=', now)
    .orderBy('id')
    .limit(limit);
  return z
    .array(rowShape)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      site: row.site as SiteId, // our own rows
      plugin: row.plugin,
      message: row.message === null ? undefined : messageShape.parse(JSON.parse(row.message)),
      messageId: row.message_id,
      tries: row.tries,
      createdAt: row.created_at,
    }));
}

/** Takes one to send it: for one process, and until `nextAt` should that one die. */
export const claimPost = async (
  knex: Knex,
  { id, tries }: WaitingPost,
  nextAt: string,
): Promise<boolean> =>
  (await knex('posts')
    .where({ id, tries, state: 'waiting' })
    .update({ tries: tries + 1, next_at: nextAt })) > 0;

/** The fence before the last bytes: passed once, by who holds the claim. */
export const enterData = async (knex: Knex, { id, tries }: WaitingPost): Promise<boolean> =>
  (await knex('posts')
    .where({ id, tries: tries + 1, state: 'waiting' })
    .update({ state: 'data' })) > 0;

/** What it said is kept no longer than it is needed. */
export const settlePost = (
  knex: Knex,
  claimed: WaitingPost,
  state: 'sent' | 'unknown' | 'given-up',
  { problem, rejected = [] }: { readonly problem?: string; readonly rejected?: readonly string[] },
): Promise<number> =>
  mine(knex, claimed).update({
    state,
    message: null,
    problem: problem ?? null,
    rejected: rejected.length > 0 ? JSON.stringify(rejected) : null,
  });

/** A try that was taken for dead, and whose post another one took or settled, says nothing any more. */
const mine = (knex: Knex, { id, tries }: WaitingPost) =>
  knex('posts')
    .where({ id, tries: tries + 1 })
    .whereNotIn('state', ['sent', 'given-up']);

export const postponePost = (
  knex: Knex,
  claimed: WaitingPost,
  nextAt: string,
  problem: string,
): Promise<number> =>
  mine(knex, claimed)
    .whereNot({ state: 'unknown' })
    .update({ state: 'waiting', next_at: nextAt, problem });

/** Tries that a dead process left after the fence: how many. */
export const settleLost = (knex: Knex, now: string): Promise<number> =>
  knex('posts')
    .where({ state: 'data' })
    .where('next_at', '<=', now)
    .update({ state: 'unknown', message: null, problem: 'lost' });

/** Forgets what was settled before a time; a key is free again then. */
export async function purgePosts(knex: Knex, before: string): Promise<void> {
  const old = () =>
    knex('posts').whereNotIn('state', ['waiting', 'data']).where('created_at', '<', before);
  await knex('post_recipients').whereIn('post_id', old().select('id')).delete();
  await old().delete();
}
