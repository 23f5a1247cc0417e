import { z } from 'zod';
import type { SessionId, SiteId, UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { Assurance, Session, SessionState, User } from './types';
import { USER_COLUMNS, userFromRow, userRowShape } from './user-store';

/** A session as its row says, with its user. */
export interface StoredSession {
  readonly id: SessionId;
  /** As `Session.trail`. */
  readonly trail: string;
  readonly site: SiteId;
  readonly user: User;
  readonly state: SessionState;
  readonly via: string;
  readonly challenges: readonly string[];
  readonly satisfied?: readonly string[];
  readonly confirmedAt?: string;
  readonly sealed: string | undefined;
  /** On the very first sign-in of the user. */
  readonly isFirst: boolean;
  /** Where it was opened from. */
  readonly remote: string;
  /** Where it was used from last, when that is another address. */
  readonly lastRemote?: string | undefined;
  /** The plugin of second factors took something for one at opening: a provider's strength, say. */
  readonly isFactorTaken?: boolean;
  readonly device: string;
  /** What the browser is called for this person. */
  readonly deviceId?: string | undefined;
  readonly assurance?: Assurance | undefined;
  /** By what a provider's notice finds the session. */
  readonly provider?: ProviderKeys | undefined;
  readonly createdAt: string;
  readonly seenAt: string;
  readonly idleExpiresAt: string;
  readonly expiresAt: string;
}

/** That a session is in use, and from where. */
export interface Seen {
  readonly seenAt: string;
  readonly idleExpiresAt: string;
  readonly remote: string | undefined;
}

/** Names of a provider's session and person, as `sign-in-keys` makes them. */
export interface ProviderKeys {
  readonly session?: string | undefined;
  readonly subject: string;
}

/** What a transition writes. */
export interface SessionChange {
  readonly state: SessionState;
  readonly challenges?: readonly string[];
  readonly satisfied?: readonly string[];
  readonly confirmedAt?: string;
  readonly deviceId?: string | undefined;
  readonly idleExpiresAt?: string;
  readonly expiresAt?: string;
  readonly via?: string;
  readonly assurance?: Assurance | undefined;
  readonly provider?: ProviderKeys | undefined;
  readonly isFactorTaken?: boolean;
}

const shape = userRowShape.extend({
  id: z.string(),
  site: z.string(),
  state: z.enum(['awaiting-challenge', 'open', 'frozen']),
  via: z.string(),
  challenges: z.string(),
  satisfied: z.string(),
  confirmed_at: z.string().nullable(),
  sealed: z.string().nullable(),
  // SQLite stores booleans as numbers.
  is_first: z.coerce.boolean(),
  trail: z.string().nullable(),
  remote: z.string(),
  last_remote: z.string().nullable(),
  factor_taken: z.coerce.boolean(),
  device: z.string(),
  device_id: z.string().nullable(),
  assurance: z.string().nullable(),
  provider_session: z.string().nullable(),
  provider_subject: z.string().nullable(),
  created_at: z.string(),
  seen_at: z.string(),
  idle_expires_at: z.string(),
  expires_at: z.string(),
});
const TRAIL_CHARS = 12;
const challengesShape = z.array(z.string());
const assuranceShape = z.object({
  level: z.string().exactOptional(),
  methods: z.array(z.string()),
  isStrong: z.boolean(),
});
const COLUMNS = { ...USER_COLUMNS, ...sessionColumns() };

function sessionColumns(): Readonly<Record<string, string>> {
  const own = Object.keys(shape.shape).filter((name) => !Object.hasOwn(USER_COLUMNS, name));
  return Object.fromEntries(own.map((name) => [name, `sessions.${name}`]));
}

/** What a session is called for life, by its first id. */
export const trailOf = (id: string): string => id.slice(0, TRAIL_CHARS);

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Rows of `sessions`. Changes name the state they start from, so that two at once never both win. */
export function createSessionStore(db: Database) {
  const joined = () =>
    db.knex('sessions').join('users', 'users.id', 'sessions.user_id').select(COLUMNS);

  const readAll = async (query: ReturnType<typeof joined>): Promise<StoredSession[]> => {
    const rows: unknown = await query;
    return z.array(shape).parse(rows).map(fromRow);
  };

  return {
    async find(id: SessionId): Promise<StoredSession | undefined> {
      const [session] = await readAll(joined().where('sessions.id', id).limit(1));
      return session;
    },
    /** Sessions of a user, the last seen first. */
    ofUser: (user: UserId): Promise<readonly StoredSession[]> =>
      readAll(joined().where('sessions.user_id', user).orderBy('sessions.seen_at', 'desc')),
    /** Sessions of a site that a provider's notice means: of a person there, or one of them. */
    ofProvider: (site: SiteId, keys: Partial<ProviderKeys>): Promise<readonly StoredSession[]> => {
      const { session, subject } = keys;
      // Neither would be everybody.
      if (session === undefined && subject === undefined) return Promise.resolve([]);
      return readAll(
        joined().where({
          'sessions.site': site,
          ...(session !== undefined && { 'sessions.provider_session': session }),
          ...(subject !== undefined && { 'sessions.provider_subject': subject }),
        }),
      );
    },
    /** At most `limit` sessions whose time is over. */
    expired: (now: string, limit: number): Promise<readonly StoredSession[]> =>
      readAll(
        joined()
          .where('sessions.idle_expires_at', '<=', now)
          .orWhere('sessions.expires_at', '<=', now)
          .limit(limit),
      ),
    async insert(session: StoredSession): Promise<void> {
      await db.knex('sessions').insert(toRow(session));
    },
    /** Moves to a new id and state; false when the session is no longer in `from`. */
    async renew(
      from: StoredSession,
      id: SessionId,
      sealed: string,
      change: SessionChange,
    ): Promise<boolean> {
      return (await whereUnchanged(from).update({ id, sealed, ...changeRow(change) })) > 0;
    },
    /** Changes state under the same id; false when the session is no longer in `from`. */
    async change(from: StoredSession, change: SessionChange): Promise<boolean> {
      return (await whereUnchanged(from).update(changeRow(change))) > 0;
    },
    /** Throws `storage/*` rather than wait: a page that is read is not held up by it. */
    async touch(id: SessionId, { seenAt, idleExpiresAt, remote }: Seen): Promise<void> {
      const row = {
        seen_at: seenAt,
        idle_expires_at: idleExpiresAt,
        ...(remote !== undefined && { last_remote: remote }),
      };
      await db.atOnce(db.knex('sessions').where({ id }).update(row));
    },
    /** False when another process was first. */
    async delete(id: SessionId): Promise<boolean> {
      return (await db.knex('sessions').where({ id }).delete()) > 0;
    },
  };

  function whereUnchanged({ id, state, challenges }: StoredSession) {
    return db.knex('sessions').where({ id, state, challenges: JSON.stringify(challenges) });
  }
}

const changeRow = ({
  state,
  challenges,
  satisfied,
  confirmedAt,
  deviceId,
  idleExpiresAt,
  expiresAt,
  via,
  assurance,
  provider,
  isFactorTaken,
}: SessionChange) => ({
  state,
  ...(via !== undefined && { via, ...providerRow({ assurance, provider }) }),
  ...(challenges && { challenges: JSON.stringify(challenges) }),
  ...(satisfied && { satisfied: JSON.stringify(satisfied) }),
  ...(isFactorTaken !== undefined && { factor_taken: isFactorTaken }),
  ...(confirmedAt !== undefined && { confirmed_at: confirmedAt }),
  ...(deviceId !== undefined && { device_id: deviceId }),
  ...(idleExpiresAt !== undefined && { idle_expires_at: idleExpiresAt }),
  ...(expiresAt !== undefined && { expires_at: expiresAt }),
});

/** Written together with `via`: another way in leaves nothing of the former one. */
const providerRow = ({ assurance, provider }: Pick<StoredSession, 'assurance' | 'provider'>) => ({
  assurance: assurance ? JSON.stringify(assurance) : null,
  provider_session: provider?.session ?? null,
  provider_subject: provider?.subject ?? null,
});

const toRow = (session: StoredSession) => ({
  id: session.id,
  user_id: session.user.id,
  site: session.site,
  state: session.state,
  via: session.via,
  challenges: JSON.stringify(session.challenges),
  satisfied: JSON.stringify(session.satisfied ?? []),
  confirmed_at: session.confirmedAt ?? null,
  sealed: session.sealed ?? null,
  is_first: session.isFirst,
  trail: session.trail,
  remote: session.remote,
  last_remote: session.lastRemote ?? null,
  factor_taken: session.isFactorTaken ?? false,
  device: session.device,
  device_id: session.deviceId ?? null,
  ...providerRow(session),
  created_at: session.createdAt,
  seen_at: session.seenAt,
  idle_expires_at: session.idleExpiresAt,
  expires_at: session.expiresAt,
});

const fromRow = (row: z.infer<typeof shape>): StoredSession => ({
  id: row.id as SessionId, // our own rows
  site: row.site as SiteId,
  user: userFromRow(row),
  state: row.state,
  via: row.via,
  challenges: challengesShape.parse(JSON.parse(row.challenges)),
  satisfied: challengesShape.parse(JSON.parse(row.satisfied)),
  ...(row.confirmed_at !== null && { confirmedAt: row.confirmed_at }),
  sealed: row.sealed ?? undefined,
  isFirst: row.is_first,
  // Of a session that was opened before there were trails.
  trail: row.trail ?? trailOf(row.id),
  remote: row.remote,
  lastRemote: row.last_remote ?? undefined,
  isFactorTaken: row.factor_taken,
  device: row.device,
  ...(row.device_id !== null && { deviceId: row.device_id }),
  ...(row.assurance !== null && { assurance: assuranceShape.parse(JSON.parse(row.assurance)) }),
  ...(row.provider_subject !== null && {
    provider: { session: row.provider_session ?? undefined, subject: row.provider_subject },
  }),
  createdAt: row.created_at,
  seenAt: row.seen_at,
  idleExpiresAt: row.idle_expires_at,
  expiresAt: row.expires_at,
});

/** What a request sees of a session: no secret, no bookkeeping. */
export function sessionOf(stored: StoredSession): Session {
  const { id, trail, site, user, state, via, createdAt } = stored;
  const { challenges, satisfied = [], confirmedAt } = stored;
  return {
    id,
    site,
    user,
    trail,
    state,
    via,
    createdAt,
    challenges: [...challenges],
    satisfied: [...satisfied],
    ...(confirmedAt !== undefined && { confirmedAt }),
    ...(stored.assurance && { assurance: stored.assurance }),
    ...(stored.isFactorTaken === true && { isFactorTaken: true }),
  };
}
