import type { Request, Response } from 'express';
import { DEVICE_DAYS, type SignedIn } from '../session';
import type { WebDeps } from './context';
import { readCookie, writeCookie } from './cookies';

const DAY_S = 86_400;

type Deps = Pick<WebDeps, 'config' | 'deviceCookies'>;

/**
 * The browser's own tokens; none where it brings a cookie that we did not make. Read where somebody
 * proves who they are, not with each request: it takes a key and a mark.
 */
export const readDevice = ({ config, deviceCookies }: Deps, req: Request): readonly string[] =>
  deviceCookies.read(readCookie(req, 'device', config.isSecure));

/**
 * Leaves in the browser what a sign-in made: the session, and the tokens by which the person knows
 * the browser, for as long as browsers keep them. Those only once a session is open: a request from
 * another site brings no cookie, and must not replace the one there is.
 */
export function keepSignedIn(
  { config, deviceCookies }: Deps,
  res: Response,
  { bearer, deviceTokens }: SignedIn,
): void {
  const { isSecure } = config;
  writeCookie(res, 'session', bearer, { isSecure });
  if (!deviceTokens) return;
  const value = deviceCookies.write(deviceTokens);
  writeCookie(res, 'device', value, { isSecure, maxAgeS: DEVICE_DAYS * DAY_S });
}
