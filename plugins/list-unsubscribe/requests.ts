import { createHash, randomUUID } from 'node:crypto';
import type { PluginDatabase, SiteId } from 'estafette/plugin';

const TABLE = 'list_unsubscribe_requests';
const HOUR_MS = 3_600_000;
/** A page shows no more. */
const SHOWN_MAX = 50;

/** What became of a request, as far as it is known. */
export type Outcome =
  /** The server of the list said yes. */
  | 'accepted'
  /** The message left. */
  | 'sent'
  /** The message waits for somebody or something. */
  | 'waiting'
  /** Refused by the server of the list, or by the rules of the site. */
  | 'refused'
  /** Nothing was asked. */
  | 'unreachable'
  /** It may have been taken or not. */
  | 'unknown';

export interface Request {
  readonly id: string;
  readonly way: string;
  /** Host or address that was asked. */
  readonly to: string;
  readonly outcome: Outcome;
  /** ISO 8601, UTC. */
  readonly askedAt: string;
}

/** Whose requests: a site and a person are part of every query. */
export interface Owner {
  readonly site: SiteId;
  readonly user: number;
}

interface Row {
  readonly id: string;
  readonly way: string;
  readonly to: string;
  readonly outcome: string;
  readonly asked_at: string;
}

const OUTCOMES: readonly Outcome[] = [
  'accepted',
  'sent',
  'waiting',
  'refused',
  'unreachable',
  'unknown',
];
const requestOf = ({ id, way, to, outcome, asked_at }: Row): Request => ({
  id,
  way,
  to,
  outcome: OUTCOMES.find((one) => one === outcome) ?? 'unknown',
  askedAt: asked_at,
});

const hashOf = ({ site, user }: Owner, list: string): string =>
  createHash('sha256').update(`${site}\n${user}\n${list}`).digest('hex');

const COLUMNS = ['id', 'way', 'to', 'outcome', 'asked_at'];

/** The last request of somebody for a list. */
export const lastRequest = (
  db: PluginDatabase,
  owner: Owner,
  list: string,
): Promise<Request | undefined> => selectLast((name) => db.table(name), owner, list);

async function selectLast(
  table: PluginDatabase['table'],
  owner: Owner,
  list: string,
): Promise<Request | undefined> {
  const row: Row | undefined = await table(TABLE)
    .where({ site: owner.site, user_id: owner.user, list: hashOf(owner, list) })
    .orderBy('asked_at', 'desc')
    .first(COLUMNS);
  return row && requestOf(row);
}

/** Requests of somebody, latest first. */
export async function listRequests(
  db: PluginDatabase,
  { site, user }: Owner,
): Promise<readonly Request[]> {
  const rows: Row[] = await db
    .table(TABLE)
    .where({ site, user_id: user })
    .orderBy('asked_at', 'desc')
    .limit(SHOWN_MAX)
    .select(COLUMNS);
  return rows.map(requestOf);
}

/** One request of somebody. */
export async function findRequest(
  db: PluginDatabase,
  { site, user }: Owner,
  id: string,
): Promise<Request | undefined> {
  const row: Row | undefined = await db
    .table(TABLE)
    .where({ site, user_id: user, id })
    .first(COLUMNS);
  return row && requestOf(row);
}

/** A second press of the button is no second request. */
const AGAIN_MS = 10 * 60_000;
/** Nothing was taken: asking again is another attempt. */
const RETRIABLE: readonly Outcome[] = ['refused', 'unreachable'];

export type Opened =
  | { readonly kind: 'opened' | 'again'; readonly id: string }
  /** The person has made `perHour` in the last hour. */
  | { readonly kind: 'over-limit' };

/**
 * Writes a request before it is made, as `unknown`: what stops midway stays so, and the second of
 * two presses at once finds the first. `again` has the id of one made minutes ago.
 */
export async function openRequest(
  db: PluginDatabase,
  owner: Owner,
  request: {
    readonly list: string;
    readonly way: string;
    readonly to: string;
    readonly now: number;
    readonly perHour: number;
  },
): Promise<Opened> {
  const { list, way, to, now, perHour } = request;
  const { site, user } = owner;
  return db.transaction(async (table) => {
    const last = await selectLast(table, owner, list);
    const isAgain = last !== undefined && now - Date.parse(last.askedAt) < AGAIN_MS;
    if (isAgain && !RETRIABLE.includes(last.outcome)) return { kind: 'again', id: last.id };
    const since = new Date(now - HOUR_MS).toISOString();
    const recent: unknown[] = await table(TABLE)
      .where({ site, user_id: user })
      .where('asked_at', '>', since)
      .limit(perHour)
      .select('id');
    if (recent.length >= perHour) return { kind: 'over-limit' };
    const id = randomUUID();
    await table(TABLE).insert({
      id,
      site,
      user_id: user,
      list: hashOf(owner, list),
      way,
      to: to.slice(0, 320),
      outcome: 'unknown',
      asked_at: new Date(now).toISOString(),
    });
    return { kind: 'opened', id };
  });
}

/** Writes what became of a request. */
export async function closeRequest(
  db: PluginDatabase,
  id: string,
  outcome: Outcome,
): Promise<void> {
  await db.table(TABLE).where({ id }).update({ outcome });
}

/** Removes what somebody who is erased asked for; nothing the second time. */
export async function eraseRequests(
  db: Pick<PluginDatabase, 'table'>,
  user: number,
): Promise<void> {
  await db.table(TABLE).where({ user_id: user }).delete();
}

/** Removes requests of a site made before a date; how many. */
export async function removeRequests(
  db: PluginDatabase,
  { site, before }: { readonly site: SiteId; readonly before: Date },
): Promise<number> {
  const removed: number = await db
    .table(TABLE)
    .where({ site })
    .where('asked_at', '<', before.toISOString())
    .delete();
  return removed;
}
