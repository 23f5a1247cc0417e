import type { Audit, NewAuditEntry } from '../audit';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import { operatorLogin } from '../base/operator';
import type { SiteId } from '../base/types';
import type { HookEmitter } from '../kernel/hook-types';
import {
  type Challenge,
  type ChallengesQuery,
  canonicalLogin,
  type LinkEvent,
  type RefusedSignIn,
  type SecurityEvent,
  type UserStore,
} from '../session';
import type { Site } from '../sites';
import { type CoreListeners, heardBy } from './heard';

/** Refusals of the same kind from one address are counted for so long, then written as one line. */
const GATHER_MS = 60_000;
/** Addresses of a site that are counted apart at once; the others share a line that names none. */
const GATHERED_MAX = 1_000;
const REMOTE_CHARS = 64;
const REASON_CHARS = 128;
const CONTROL = /\p{Cc}/u;
/** A server, or a plugin, that does not answer: nothing is counted against who asks on and on. */
const BACK_END = /^(?:directory|imap|plugin|storage)\//;
/** As typed, `camille.durand` or `camille.durand-ext`: no capital, no digit, as passwords have. */
const NAME_SHAPE = /^[a-z][a-z-]{0,40}\.[a-z][a-z-]{0,40}$/;

export interface AuditEventsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly sites: readonly Pick<Site, 'id' | 'mailDomains'>[];
  readonly users: Pick<UserStore, 'findByName'>;
  /** Made after the sessions. */
  readonly audit: () => Pick<Audit, 'record' | 'pseudonym'>;
}

/** Writes into the audit log what the core tells of sign-ins and sessions. */
export interface AuditEvents {
  readonly listeners: CoreListeners;
  /** The same for an emitter: its actions, and the challenges that it collects. */
  hear<H extends HookEmitter>(hooks: H): H;
  /** Writes a line, or says in the log of the program that it could not; never rejects. */
  record(entry: NewAuditEntry): Promise<void>;
  /** An account was linked with a provider, or is no more. */
  noteLink(event: LinkEvent): Promise<void>;
  /** A request that was refused for who sent it or from where. */
  noteRefused(request: RefusedRequest): Promise<void>;
  /** Writes what was counted meanwhile. */
  close(): Promise<void>;
}

export interface RefusedRequest {
  readonly site: SiteId;
  readonly remote: string;
  readonly code: string;
  /** What of it was refused, where the code alone does not say. */
  readonly reason?: string | undefined;
  /** Login of the person whose session it was. */
  readonly actor?: string | undefined;
}

interface Gathered {
  times: number;
  entry: NewAuditEntry;
  readonly cancel: () => void;
}

export function createAuditEvents(deps: AuditEventsDeps): AuditEvents {
  const { clock, log } = deps;
  const gathered = new Map<string, Gathered>();
  /** How many of them each site has. */
  const keptOf = new Map<string, number>();

  /** Nobody is kept out, or let in, because a line could not be written: the log of the program says it. */
  async function record(entry: NewAuditEntry): Promise<void> {
    try {
      await deps.audit().record(entry);
    } catch (err) {
      log.error({ err, site: entry.site, event: entry.event }, 'audit/not-written');
    }
  }

  /** Of a flood that is refused anyway, the first line and how many followed: it must not fill the disk. */
  async function gather(entry: NewAuditEntry): Promise<void> {
    const { site, event, remote, actor, target, details = {} } = entry;
    // Not by what was typed, which whoever sends it makes new each time.
    const own = JSON.stringify([site, event, remote, details['code'], details['reason']]);
    const isKept = gathered.has(own) || (keptOf.get(site) ?? 0) < GATHERED_MAX;
    const key = isKept ? own : JSON.stringify([site, event]);
    const known = gathered.get(key);
    if (known) {
      known.times += 1;
      // Said of several, it is said of none of them.
      if (known.entry.target !== target) known.entry = { ...known.entry, target: undefined };
      if (known.entry.actor !== actor) known.entry = { ...known.entry, actor: undefined };
      return;
    }
    const cancel = clock.after(GATHER_MS, () => void release(key));
    const told = isKept ? entry : { site, event, details: { code: 'many' } };
    gathered.set(key, { times: 0, entry: told, cancel });
    keptOf.set(site, (keptOf.get(site) ?? 0) + 1);
    await record(told);
  }

  async function release(key: string): Promise<void> {
    const found = gathered.get(key);
    if (!found) return;
    const { entry, times } = found;
    gathered.delete(key);
    keptOf.set(entry.site, (keptOf.get(entry.site) ?? 1) - 1);
    found.cancel();
    if (times === 0) return;
    await record({ ...entry, details: { ...entry.details, times } });
  }

  async function refused({ site, login, remote, code, via, reason }: RefusedSignIn) {
    const entry = {
      site,
      event: 'session:refused',
      ...(await who(deps, site, login, via !== undefined)),
      ...remoteOf(remote),
      details: {
        code,
        ...(via !== undefined && { via }),
        ...(reason !== undefined && { reason: reason.slice(0, REASON_CHARS) }),
      },
    };
    // What anybody can send as often as they like: too many tries, returns from a provider that name
    // nobody. Wrong passwords are held back by the throttle.
    const isNobody = via !== undefined && login.trim() === '';
    const isFree = code === 'session/throttled' || BACK_END.test(code) || isNobody;
    await (isFree ? gather(entry) : record(entry));
  }

  async function detected(event: SecurityEvent): Promise<void> {
    const { site, login, user, code, evidence } = event;
    // The others are written where they happen, with what was done about them.
    if (code !== 'new-device' && code !== 'new-country' && code !== 'guessing') return;
    const { country, remote } = evidence;
    await record({
      site,
      event: `security:${code}`,
      ...(user ? { target: user.login } : await who(deps, site, login, false)),
      ...(typeof remote === 'string' && remoteOf(remote)),
      details: { ...(typeof country === 'string' && { country: country.slice(0, 8) }) },
    });
  }

  const listeners: CoreListeners = {
    'session:refused': refused,
    'security:detected': detected,
    'session:opened': async ({ session, first, via, remote }) => {
      const { site, user, satisfied = [], assurance } = session;
      await record({
        site,
        actor: user.login,
        event: 'session:opened',
        ...remoteOf(remote),
        details: {
          via,
          session: nameOf(session),
          ...(first && { first }),
          ...(satisfied.length > 0 && { challenges: satisfied.join(' ').slice(0, REASON_CHARS) }),
          ...(assurance?.level !== undefined && { level: assurance.level.slice(0, REASON_CHARS) }),
        },
      });
    },
    'session:confirmed': async ({ session, by, remote }) => {
      const { site, user } = session;
      await record({
        site,
        actor: user.login,
        event: 'session:confirmed',
        ...remoteOf(remote),
        details: { by: by.slice(0, REASON_CHARS), session: nameOf(session) },
      });
    },
    'session:closed': ({ sessionId, user, reason, trail, remote }) =>
      record({
        site: user.site,
        // Only a sign-out is something that the person did.
        ...(reason === 'signed-out' ? { actor: user.login } : { target: user.login }),
        event: 'session:closed',
        ...remoteOf(remote),
        details: { reason, session: nameOf({ id: sessionId, trail }) },
      }),
  };

  return {
    listeners,
    hear(hooks) {
      const heard = heardBy(hooks, listeners);
      const collect: HookEmitter['collect'] = async (scope, name, query, ...rest) => {
        const answers = await hooks.collect(scope, name, query, ...rest);
        if (name === 'session:challenges') await challenged(query, answers);
        return answers;
      };
      return { ...heard, collect };
    },
    record,
    noteLink({ event, site, login, remote, actor, ...details }) {
      // The others are what happens at a sign-in; this one a person asks for, or an operator.
      const by = actor ?? (event === 'sign-in:unlinked' ? operatorLogin() : undefined);
      return record({
        site,
        ...(by !== undefined && { actor: by }),
        event,
        target: login,
        ...remoteOf(remote),
        details,
      });
    },
    noteRefused: ({ site, remote, code, reason, actor }) =>
      gather({
        site,
        ...(actor !== undefined && { actor }),
        event: 'security:refused',
        ...remoteOf(remote),
        details: { code, ...(reason !== undefined && { reason }) },
      }),
    async close() {
      for (const key of [...gathered.keys()]) await release(key);
    },
  };

  async function challenged(query: unknown, answers: readonly { readonly item: unknown }[]) {
    const { site, user, remote, via } = query as ChallengesQuery; // by the name of its hook
    const asked = answers
      .map(({ item }) => item as Challenge)
      .filter(({ satisfied }) => !satisfied);
    if (asked.length === 0) return;
    await record({
      site,
      actor: user.login,
      event: 'session:challenged',
      ...remoteOf(remote),
      details: {
        via,
        challenges: asked
          .map(({ id }) => id)
          .join(' ')
          .slice(0, REASON_CHARS),
      },
    });
  }
}

const remoteOf = (remote: string | undefined) =>
  remote === undefined || remote === '' || CONTROL.test(remote)
    ? {}
    : { remote: remote.slice(0, REMOTE_CHARS) };

/** What all lines of a session call it; of its id, which changes, so much as says nothing. */
const nameOf = ({ id, trail }: { readonly id: string; readonly trail?: string | undefined }) =>
  trail ?? id.slice(0, 12);

/**
 * Whom a refused sign-in named: an account of ours by its login, a name that reads as one; of anything
 * else, which may be a password typed in the wrong field, a word that stands for it.
 */
async function who(
  { users, sites, audit }: AuditEventsDeps,
  site: SiteId,
  typed: string,
  isVouched: boolean,
): Promise<{ readonly target?: string }> {
  const login = canonicalLogin(typed);
  if (login === '') return {};
  const user = await users.findByName(site, login);
  if (user) return { target: user.login };
  const domains = sites.find(({ id }) => id === site)?.mailDomains ?? [];
  const isName = isVouched || NAME_SHAPE.test(typed.trim()) || isOwnAddress(login, domains);
  if (isName && !CONTROL.test(login)) return { target: login.slice(0, 256) };
  return { target: `~${audit().pseudonym(`${site}\n${login}`)}` };
}

function isOwnAddress(login: string, domains: readonly string[]): boolean {
  const [local = '', domain, ...rest] = login.split('@');
  return (
    rest.length === 0 &&
    domain !== undefined &&
    domains.includes(domain) &&
    /^[a-z0-9][a-z0-9._-]{0,63}$/.test(local)
  );
}
