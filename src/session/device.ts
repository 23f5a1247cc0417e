import { createHash } from 'node:crypto';
import { newToken, sameSecret } from '../base/ids';
import type { SiteId, UserId } from '../base/types';
import { type KeyRing, markOf } from './keys';

// Tokens of 256 bits and our mark of them all: 43 characters of base64url each.
const COOKIE = /^(?:[A-Za-z0-9_-]{43}\.){1,4}[A-Za-z0-9_-]{43}$/;
/** People who share a browser; who signed in there longest ago makes room. */
const MAX_TOKENS = 4;
const PURPOSE = 'estafette device cookie';

/** Days that a browser keeps its tokens: the most that browsers grant (RFC 6265bis 5.5). */
export const DEVICE_DAYS = 400;

/**
 * The cookie by which a browser is known: a token for each person who has used it, and our mark. What
 * we did not make is nothing; who plants a cookie of ours in the browser of somebody else plants
 * nobody's token, for each person gets one of their own.
 */
export interface DeviceCookies {
  /** The tokens of a cookie, the last used first; none of a cookie that is not ours. */
  read(cookie: string | undefined): readonly string[];
  write(tokens: readonly string[]): string;
}

export function createDeviceCookies(keys: KeyRing): DeviceCookies {
  const ownMark = (keyId: number, text: string): string =>
    markOf(keys, keyId, { purpose: PURPOSE, text }).toString('base64url');
  return {
    read(cookie) {
      if (cookie === undefined || !COOKIE.test(cookie)) return [];
      const end = cookie.lastIndexOf('.');
      const [tokens, mark] = [cookie.slice(0, end), cookie.slice(end + 1)];
      return keys.ids.some((id) => sameSecret(ownMark(id, tokens), mark)) ? tokens.split('.') : [];
    },
    write(tokens) {
      const kept = tokens.slice(0, MAX_TOKENS).join('.');
      return `${kept}.${ownMark(keys.currentId, kept)}`;
    },
  };
}

/** A browser as one person's: its token, or one that is new to it, and those of other people. */
export interface Device {
  /** What it is called for the person. */
  readonly id: string;
  /** What the browser is to keep: the person's token, then those of others. */
  readonly tokens: readonly string[];
}

/** The browser by the token among its own that is called `id`; `undefined` when there is none. */
export function deviceNamed(
  id: string | undefined,
  tokens: readonly string[],
  { site, user }: { readonly site: SiteId; readonly user: UserId },
): Device | undefined {
  const own = tokens.find((token) => deviceIdOf(token, site, user) === id);
  if (own === undefined || id === undefined) return undefined;
  return { id, tokens: [own, ...tokens.filter((token) => token !== own)] };
}

/** The browser under a token that nobody has seen yet, in the place of the one called `former`. */
export function newDevice(
  former: string | undefined,
  tokens: readonly string[],
  whose: { readonly site: SiteId; readonly user: UserId },
): Device {
  const own = newToken();
  const others = tokens.filter((one) => deviceIdOf(one, whose.site, whose.user) !== former);
  return { id: deviceIdOf(own, whose.site, whose.user), tokens: [own, ...others] };
}

/**
 * What a browser is called for one person on one site. Nobody makes the cookie of it, and two people
 * at one machine, or two sites, have nothing to compare.
 */
export const deviceIdOf = (token: string, site: SiteId, user: UserId): string =>
  createHash('sha256').update(`device\n${token}\n${site}\n${user}`).digest('base64url');
