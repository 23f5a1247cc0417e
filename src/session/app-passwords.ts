import { randomBytes, randomInt, scrypt } from 'node:crypto';
import { type Clock, isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import { sameSecret, sha256 } from '../base/ids';
import type { SessionId, SiteId, UserId } from '../base/types';
import type { Database } from '../kernel/db-types';
import {
  type AppPassword,
  type AppPasswordScope,
  deleteAppPasswords,
  findAppPassword,
  insertAppPassword,
  listAppPasswords,
  touchAppPassword,
} from './app-password-store';
import { canonicalLogin } from './login-input';
import type { LoadedSession } from './service-types';
import type { Throttle } from './throttle';
import type { Session, User } from './types';

// No I, L, O, U, 0, 1: it is typed from one screen into another.
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 5;
const GROUP_CHARS = 4;
/** Passwords of applications that one person may have. */
export const MAX_APP_PASSWORDS = 20;
const NAME_CHARS = 80;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
// 78 bits are left to guess once the first group is known: the cost only has to be a nuisance.
const SCRYPT = { N: 16_384, r: 8, p: 1 };
const TOUCH_EVERY_MS = 5 * 60_000; // applications ask all the time; a write each time would be felt
const CACHE_MAX = 2_000;
const CACHE_MS = 5 * 60_000;

export interface AppPasswordsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly throttle: Throttle;
}

/** Passwords of applications (calendars, address books of telephones): they open no page. */
export interface AppPasswords {
  list(user: UserId): Promise<readonly AppPassword[]>;
  /** A new one; its text is told here and never again. Throws `request/invalid` beyond the most. */
  create(
    user: UserId,
    name: string,
    scope?: AppPasswordScope,
  ): Promise<{ readonly id: number; readonly secret: string; readonly name: string }>;
  /** Ends one, or all, from the next request on; answers how many. */
  revoke(user: UserId, id?: number): Promise<number>;
  /**
   * Whose password of an application this is. Counted like sign-ins, by login and address: throws
   * `session/throttled`. Undefined for a wrong one, in the time of a right one.
   */
  verifyAppPassword(
    site: SiteId,
    login: string,
    secret: string,
    options: { readonly remote: string; readonly scope?: AppPasswordScope },
  ): Promise<User | undefined>;
  /** The same, with what it lets an application do as that person: never their mail. */
  admit(
    site: SiteId,
    login: string,
    secret: string,
    options: { readonly remote: string; readonly scope?: AppPasswordScope },
  ): Promise<LoadedSession | undefined>;
  /** Whether the password that {@link AppPasswords.admit} made this session of is still there. */
  isOpen(session: Pick<Session, 'id' | 'user'>): Promise<boolean>;
}

/** How such a session was opened: `session.via`. */
export const APP_PASSWORD = 'app-password';

interface Found {
  readonly id: number;
  readonly user: User;
}

type Find = (
  site: SiteId,
  login: string,
  secret: string,
  options: { readonly remote: string; readonly scope?: AppPasswordScope },
) => Promise<Found | undefined>;

interface Verified {
  readonly id: number;
  readonly hash: string;
  readonly until: number;
}

export function createAppPasswords({ db, clock, throttle }: AppPasswordsDeps): AppPasswords {
  // Of what was right: an application asks many times a minute, and each scrypt takes 16 MB.
  const verified = new Map<string, Verified>();
  const underWay = new Map<string, Promise<Found | undefined>>();

  function remember(key: string, id: number, hash: string): void {
    verified.delete(key);
    verified.set(key, { id, hash, until: clock.now() + CACHE_MS });
    const [oldest] = verified.keys();
    if (verified.size > CACHE_MAX && oldest !== undefined) verified.delete(oldest);
  }

  async function verify(
    key: string,
    asked: { readonly site: SiteId; readonly login: string; readonly remote: string },
    secret: string,
    scope: AppPasswordScope,
  ): Promise<Found | undefined> {
    const { site, login, remote } = asked;
    const selector = secret.slice(0, GROUP_CHARS);
    // Read each time: a password that was revoked is refused from then on, whatever is remembered.
    const found = await findAppPassword(db.knex, site, login, { selector, scope });
    const known = verified.get(key);
    const isKnown =
      found !== undefined &&
      known?.id === found.id &&
      known.hash === found.hash &&
      known.until > clock.now();
    if (!isKnown) {
      const attempt = await throttle.begin({ site, realm: 'app-password', login, remote });
      let isRight: boolean;
      try {
        // Somebody unknown costs as much as a wrong password.
        const hash = await hashOf(secret, found?.salt ?? '00');
        isRight = sameSecret(hash, found?.hash ?? '') && found !== undefined;
      } catch (error) {
        await attempt.refund();
        throw error;
      }
      if (!isRight || !found) return undefined;
      await attempt.succeeded();
      remember(key, found.id, found.hash);
    }
    if (!found) return undefined;
    if (clock.now() - Date.parse(found.usedAt ?? '1970-01-01T00:00:00Z') >= TOUCH_EVERY_MS) {
      await touchAppPassword(db.knex, found.id, isoNow(clock), remote.slice(0, 64));
    }
    return { id: found.id, user: found.user };
  }

  const find: Find = async (site, asked, typed, { remote, scope = 'dav' }) => {
    const login = canonicalLogin(asked);
    const secret = typed.replace(/[\s-]/g, '').toUpperCase();
    if (login.length > 320 || secret.length !== GROUPS * GROUP_CHARS) {
      // Counted all the same: the shape of passwords is no secret, their number of tries is.
      await throttle.begin({ site, realm: 'app-password', login: login.slice(0, 320), remote });
      return undefined;
    }
    const key = sha256(JSON.stringify([site, login, scope, secret]));
    // Applications ask several things at once: they are one try.
    const first = underWay.get(key);
    if (first) return first;
    const work = verify(key, { site, login, remote }, secret, scope);
    underWay.set(key, work);
    try {
      return await work;
    } finally {
      underWay.delete(key);
    }
  };

  return {
    list: (user) => listAppPasswords(db.knex, user),
    async create(user, name, scope = 'dav') {
      const label = name.replace(/\p{Cc}+/gu, ' ').trim();
      if (label === '' || label.length > NAME_CHARS) throw new AppError('request/invalid');
      const taken = new Set((await listAppPasswords(db.knex, user)).map(({ start }) => start));
      const groups = newGroups(taken);
      const plain = groups.join('');
      const salt = randomBytes(SALT_BYTES).toString('hex');
      const row = {
        user,
        name: label,
        scope,
        selector: plain.slice(0, GROUP_CHARS),
        salt,
        hash: await hashOf(plain, salt),
        createdAt: isoNow(clock),
      };
      const id = await db.transaction((trx) => insertAppPassword(trx, row, MAX_APP_PASSWORDS));
      if (id === undefined) {
        throw new AppError('request/invalid', { details: { reason: 'too-many' } });
      }
      return { id, secret: groups.join('-'), name: label };
    },
    revoke: (user, id) => deleteAppPasswords(db.knex, user, id),
    verifyAppPassword: async (...asked) => (await find(...asked))?.user,
    async admit(...asked) {
      const found = await find(...asked);
      return found && sessionFor(found, isoNow(clock));
    },
    async isOpen({ id, user }) {
      const own = await listAppPasswords(db.knex, user.id);
      return own.some((one) => sessionIdOf(one.id) === id);
    },
  };
}

/** A session that is nowhere but in one request: there is no cookie, and nothing that opens mail. */
const sessionFor = ({ id, user }: Found, at: string): LoadedSession => ({
  session: {
    id: sessionIdOf(id),
    site: user.site,
    user,
    state: 'open',
    via: APP_PASSWORD,
    createdAt: at,
    challenges: [],
  },
  csrfToken: '',
  openCredential() {
    throw new AppError('session/required');
  },
  openPassword() {
    throw new AppError('session/required');
  },
});

/** No id of a stored session has a colon. */
const sessionIdOf = (id: number): SessionId => `${APP_PASSWORD}:${id}` as SessionId;

/** Five groups of four; the first is none of those taken. */
function newGroups(taken: ReadonlySet<string>): readonly string[] {
  const group = (): string =>
    Array.from({ length: GROUP_CHARS }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '2').join('');
  let first = group();
  while (taken.has(first)) first = group();
  return [first, ...Array.from({ length: GROUPS - 1 }, group)];
}

const hashOf = (secret: string, salt: string): Promise<string> =>
  new Promise((resolve, reject) => {
    scrypt(secret, Buffer.from(salt, 'hex'), HASH_BYTES, SCRYPT, (error, key) => {
      if (error) reject(error);
      else resolve(key.toString('hex'));
    });
  });
