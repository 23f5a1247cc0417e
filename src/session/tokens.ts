import { singleFlight, withDeadline } from '../base/async';
import { type Clock, isoNow } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import { type SecretHandle, secretHandle } from '../base/secret';
import type { SiteId } from '../base/types';
import type { Database } from '../kernel/db-types';
import type { Site } from '../sites/site';
import { openSecret, sealSecret } from './credentials';
import type { KeyRing } from './keys';
import { tokensToKeep } from './mail-access';
import { createRenewalStore } from './renewal-store';
import type { StoredSession } from './store';
import type { ExternalSecret, SealedTokens, SessionSecret } from './types';

/** A token is renewed when this much of its time is left: one more request may need it. */
export const RENEW_BEFORE_MS = 60_000;
const PROVIDER_MS = 5_000;
/** Longer than the call, with the writes around it: whoever stops in between holds nobody up. */
const CLAIM_MS = 10_000;
/** A provider that does not answer is not asked by every request of everybody. */
const RETRY_MS = 10_000;
const WAIT_MS = 6_000;
const POLL_MS = 150;

/** The tokens that a provider gives for a refresh token; `undefined` when it refuses. */
export type RefreshTokens = (
  site: SiteId,
  request: { readonly plugin: string; readonly method: string; readonly refresh: SecretHandle },
) => Promise<
  | {
      readonly access: SecretHandle;
      readonly refresh?: SecretHandle;
      readonly expiresAt?: string;
    }
  | undefined
>;

export interface TokensDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly log: Log;
  /** None: a token that ends is the end of the session’s mail. */
  readonly refreshTokens?: RefreshTokens;
}

/** A session’s secret as one request holds it; `sealed` follows the row when tokens are renewed. */
export interface HeldSecret {
  readonly stored: StoredSession;
  readonly site: Site;
  readonly half: string;
  sealed: string | undefined;
}

export interface Tokens {
  /** The secret as it is; throws `session/frozen` when it cannot be opened. */
  open(held: HeldSecret): SessionSecret;
  /**
   * The secret with tokens that go on for a while. Throws `session/frozen` when the provider refuses
   * (the row is frozen then), `session/renewal` when it does not answer and the token has ended.
   * Never counts as activity. Without `waits`, who comes while a renewal is under way is given the
   * token of before, if it has not ended: some providers end it then, so who needs it must wait.
   */
  fresh(
    held: HeldSecret,
    options: { readonly waits: boolean },
  ): SessionSecret | Promise<SessionSecret>;
}

interface Renewing {
  /** The token has not ended yet. */
  readonly isValid: boolean;
  readonly waits: boolean;
}

/** What the row holds now; `isOurs`: by this call, and so as new as can be. */
interface Renewed {
  readonly sealed: string;
  readonly isOurs: boolean;
}

type WithTokens = ExternalSecret & { readonly tokens: SealedTokens };

export function createTokens(deps: TokensDeps): Tokens {
  const { clock, keys, log, refreshTokens } = deps;
  const store = createRenewalStore(deps.db);
  const flights = singleFlight<Renewed>();
  const underWay = new Set<string>();

  const contextOf = ({ stored, half }: HeldSecret) => ({
    sessionId: stored.id,
    userId: stored.user.id,
    half,
  });
  const open = (held: HeldSecret): SessionSecret => openSecret(keys, contextOf(held), held.sealed);
  const isoIn = (ms: number): string => new Date(clock.now() + ms).toISOString();

  /** Time left of the tokens that open this site’s mail; undefined when there is nothing to renew. */
  function leftMs({ site }: HeldSecret, secret: SessionSecret): number | undefined {
    if (site.mailAccess?.kind !== 'oauth' || secret.kind !== 'external') return undefined;
    const { expiresAt } = secret.tokens ?? {};
    return expiresAt === undefined ? undefined : Date.parse(expiresAt) - clock.now();
  }

  function fresh(
    held: HeldSecret,
    options: { readonly waits: boolean },
  ): SessionSecret | Promise<SessionSecret> {
    const secret = open(held);
    const left = leftMs(held, secret);
    if (left === undefined || left > RENEW_BEFORE_MS || !hasTokens(secret)) return secret;
    const isValid = left > 0;
    const isRenewable = secret.tokens.refresh !== undefined && refreshTokens !== undefined;
    const isTaken = !options.waits && underWay.has(held.stored.id);
    if (isValid && (!isRenewable || isTaken)) return secret;
    return renewed(held, secret, { isValid, ...options });
  }

  async function renewed(
    held: HeldSecret,
    secret: WithTokens,
    how: Renewing,
  ): Promise<SessionSecret> {
    const { id } = held.stored;
    // Keyed by what is sealed: who still holds the old secret after a renewal must look again.
    const { sealed, isOurs } = await flights(`${id} ${held.sealed ?? ''}`, async () => {
      underWay.add(id);
      try {
        return await renewOnce(held, secret, how);
      } finally {
        underWay.delete(id);
      }
    });
    const isOther = held.sealed !== sealed;
    held.sealed = sealed;
    // What another request left here long ago may have ended since.
    return isOther && !isOurs ? fresh(held, how) : open(held);
  }

  /** What the row holds once somebody has renewed it, whichever process that is. */
  async function renewOnce(
    held: HeldSecret,
    secret: WithTokens,
    { isValid, waits }: Renewing,
  ): Promise<Renewed> {
    const { stored, sealed = '' } = held;
    const until = clock.now() + WAIT_MS;
    for (;;) {
      if (await store.claim(stored.id, sealed, isoNow(clock), isoIn(CLAIM_MS))) {
        return renewHere(held, secret, isValid);
      }
      const row = await store.read(stored.id, isoNow(clock));
      if (row?.state !== 'open') throw frozen('ended');
      if (row.sealed !== undefined && row.sealed !== sealed) {
        return { sealed: row.sealed, isOurs: false };
      }
      const isOver = row.renewal === 'failed' || clock.now() >= until;
      if (isValid && (!waits || isOver)) return { sealed, isOurs: false };
      if (isOver) throw unanswered();
      await pause(POLL_MS);
    }
  }

  async function renewHere(
    held: HeldSecret,
    secret: WithTokens,
    isValid: boolean,
  ): Promise<Renewed> {
    const { stored, sealed = '' } = held;
    const { id, site } = stored;
    let tokens: SealedTokens | undefined;
    try {
      tokens = await askProvider(site, secret);
    } catch (err) {
      await store.failed(id, sealed, isoIn(RETRY_MS));
      log.warn({ err, site, plugin: secret.plugin, method: secret.method }, 'session/not-renewed');
      if (isValid) return { sealed, isOurs: false };
      throw unanswered();
    }
    const kept = keptOf(held, tokens);
    if (!kept) {
      log.info({ site, plugin: secret.plugin, method: secret.method }, 'session/renewal-refused');
      await store.freeze(id, sealed);
      throw frozen('renewal-refused');
    }
    const renewedSecret = { ...secret, tokens: kept };
    const next = sealSecret(keys, contextOf(held), renewedSecret);
    // Another id or the end came between: what this request holds is good for itself.
    if (!(await store.reseal(id, sealed, next))) log.info({ site }, 'session/renewed-too-late');
    return { sealed: next, isOurs: true };
  }

  async function askProvider(
    site: SiteId,
    { plugin, method, tokens }: WithTokens,
  ): Promise<SealedTokens | undefined> {
    if (tokens.refresh === undefined || !refreshTokens) return undefined;
    const request = { plugin, method, refresh: secretHandle(tokens.refresh) };
    const given = await withDeadline(
      refreshTokens(site, request),
      PROVIDER_MS,
      () => new Error(`no answer in ${PROVIDER_MS} ms`),
    );
    if (!given) return undefined;
    // RFC 6749 6: without a new refresh token, the old one goes on.
    const refresh = given.refresh?.reveal() ?? tokens.refresh;
    const { expiresAt } = given;
    const access = given.access.reveal();
    return { access, refresh, ...(expiresAt !== undefined && { expiresAt }) };
  }

  /** Undefined for a refusal, and for what no mail server would take. */
  function keptOf({ site }: HeldSecret, tokens: SealedTokens | undefined) {
    try {
      return tokensToKeep(site, tokens);
    } catch {
      return undefined; // the person signs in again, which tells the administrator why
    }
  }

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.after(ms, resolve);
    });

  return { open, fresh };
}

const hasTokens = (secret: SessionSecret): secret is WithTokens =>
  secret.kind === 'external' && secret.tokens !== undefined;

const frozen = (reason: string): AppError =>
  new AppError('session/frozen', { details: { reason } });
const unanswered = (): AppError => new AppError('session/renewal', { retryAfterS: 10 });
