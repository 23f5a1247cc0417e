import { z } from 'zod';
import { openText, sealText } from '../base/aead';
import type { Clock } from '../base/clock';
import { newToken } from '../base/ids';
import { err, ok, type Result } from '../base/result';
import type { SiteId } from '../base/types';
import type { UsedOnce } from '../kernel/used-once';
import { type KeyRing, purposeKey } from './keys';

// Layout of a sealed state: key id (1) | what `sealText` makes, as base64url.
const PURPOSE = 'estafette sign-in state';

/** Time to find one's password, or one's telephone, at the provider. */
export const STATE_MS = 600_000;
/** Browsers keep cookies of 4,096 bytes (RFC 6265 6.1), names and attributes included. */
const MAX_COOKIE_CHARS = 3_900;

/** What is between the beginning of a sign-in and the return from the provider. */
export interface KeptState {
  readonly site: SiteId;
  readonly plugin: string;
  readonly method: string;
  readonly purpose: 'sign-in' | 'confirm';
  /** The page that was asked for; empty for none. */
  readonly next: string;
  /** Of the session that is confirmed. */
  readonly session?: string | undefined;
  /** The plugin's own. */
  readonly keep: Readonly<Record<string, string>>;
}

/** A state that came back, and when its sign-in began. */
export interface TakenState extends KeptState {
  readonly begunAt: number;
}

/** Why a state is refused; codes of the audit log. */
export type StateFault =
  | 'state-missing'
  | 'state-altered'
  | 'state-expired'
  | 'state-elsewhere'
  | 'state-replayed';

/** States of sign-ins under way: in the browser's cookies, sealed; only that they were used is stored. */
export interface KeptStates {
  /** A cookie's value; `undefined` when it would be too long for one. */
  seal(state: KeptState): string | undefined;
  /**
   * Which of several cookies a return answers: the one whose plugin keeps the word that came back as
   * its `state`, else the last one there whose plugin keeps no such word. A word that none of those
   * under way has is an answer to none of them: whoever makes up a link would use them up. Nothing is
   * checked by it: `take` does that.
   */
  choose(
    cookies: readonly string[],
    at: Pick<KeptState, 'site' | 'plugin' | 'method'>,
    returned: readonly string[],
  ): string | undefined;
  /** Cookies in the order in which their sign-ins began; what cannot be opened comes first. */
  inOrder(cookies: readonly string[]): readonly string[];
  /** Opens a state, once, for the way in that it was made for. */
  take(
    cookie: string | undefined,
    at: Pick<KeptState, 'site' | 'plugin' | 'method'>,
  ): Promise<Result<TakenState, StateFault>>;
}

const shape = z.strictObject({
  id: z.string().min(1),
  until: z.number(),
  site: z.string(),
  plugin: z.string(),
  method: z.string(),
  purpose: z.enum(['sign-in', 'confirm']),
  next: z.string(),
  session: z.string().optional(),
  keep: z.record(z.string(), z.string()),
});

export function createKeptStates(deps: {
  readonly usedOnce: Pick<UsedOnce, 'take'>;
  readonly clock: Clock;
  readonly keys: KeyRing;
}): KeptStates {
  const { usedOnce, clock, keys } = deps;

  function seal(state: KeptState): string | undefined {
    const text = JSON.stringify({ id: newToken(16), until: clock.now() + STATE_MS, ...state });
    const key = purposeKey(keys, keys.currentId, PURPOSE);
    const sealed = Buffer.concat([Buffer.from([keys.currentId]), sealText(key, text)]);
    const cookie = sealed.toString('base64url');
    return cookie.length > MAX_COOKIE_CHARS ? undefined : cookie;
  }

  function open(cookie: string) {
    try {
      const bytes = Buffer.from(cookie, 'base64url');
      const text = openText(purposeKey(keys, bytes.readUInt8(0), PURPOSE), bytes.subarray(1));
      return shape.parse(JSON.parse(text));
    } catch {
      return undefined; // somebody altered it: what is wrong in it tells nothing
    }
  }

  const begunAt = (cookie: string): number => open(cookie)?.until ?? 0;
  const inOrder = (cookies: readonly string[]): readonly string[] =>
    [...cookies].sort((one, other) => begunAt(one) - begunAt(other));

  return {
    seal,
    inOrder,
    choose(cookies, at, returned) {
      const ordered = inOrder(cookies);
      const here = ordered.flatMap((cookie) => {
        const state = open(cookie);
        return state && isFor(state, at) ? [{ cookie, word: state.keep['state'] }] : [];
      });
      const asked = here.find(({ word }) => word !== undefined && returned.includes(word));
      const meant = asked ?? here.findLast(({ word }) => word === undefined);
      // Of another way, or altered: not theirs to take, and worth its line.
      return meant?.cookie ?? (here.length === 0 ? ordered.at(-1) : undefined);
    },
    async take(cookie, at) {
      if (cookie === undefined || cookie === '') return err('state-missing');
      const opened = open(cookie);
      if (!opened) return err('state-altered');
      const { id, until, ...state } = opened;
      if (until <= clock.now()) return err('state-expired');
      if (!isFor(state, at)) return err('state-elsewhere');
      // Before anything is asked of the provider: what failed is begun anew, never tried again.
      // The id is 128 random bits: no other word of the platform.
      if (!(await usedOnce.take(id, until))) return err('state-replayed');
      return ok({ ...state, site: at.site, begunAt: until - STATE_MS });
    },
  };
}

type Where = Pick<z.infer<typeof shape>, 'site' | 'plugin' | 'method'>;
const isFor = (state: Where, at: Where): boolean =>
  state.site === at.site && state.plugin === at.plugin && state.method === at.method;
