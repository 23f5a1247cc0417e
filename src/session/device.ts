import { createHash } from 'node:crypto';
import { newToken } from '../base/ids';
import type { SiteId, UserId } from '../base/types';

// A token of 256 bits: 43 characters of base64url.
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Days that a browser keeps its token: the most that browsers grant (RFC 6265bis 5.5). */
export const DEVICE_DAYS = 400;

/** The browser's token as its cookie says it, or a new one. */
export const deviceToken = (cookie: string | undefined): string =>
  cookie !== undefined && TOKEN.test(cookie) ? cookie : newToken();

/**
 * What a browser is called for one person on one site. Nobody makes the cookie of it, and two people
 * at one machine, or two sites, have nothing to compare.
 */
export const deviceIdOf = (token: string, site: SiteId, user: UserId): string =>
  createHash('sha256').update(`device\n${token}\n${site}\n${user}`).digest('base64url');
