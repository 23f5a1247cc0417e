import type { Request, Response } from 'express';
import { newToken } from '../base/ids';
import { DEVICE_DAYS, deviceToken } from '../session';
import type { RequestContext, WebDeps } from './context';
import { readCookie, writeCookie } from './cookies';

const DAY_S = 86_400;

/** The browser's own token, when it brought one that may be ours. */
export function readDevice(req: Request, isSecure: boolean): string | undefined {
  const cookie = readCookie(req, 'device', isSecure);
  return cookie !== undefined && deviceToken(cookie) === cookie ? cookie : undefined;
}

/** The token to sign in with: the browser's, or one that {@link keepDevice} gives it. */
export const deviceFor = ({ device }: Pick<RequestContext, 'device'>): string =>
  device ?? newToken();

/**
 * Leaves the token in the browser, for as long as browsers keep one. Only beside a session that has
 * been opened: a request from another site brings no cookie, and must not replace the one there is.
 */
export function keepDevice(
  { config }: Pick<WebDeps, 'config'>,
  res: Response,
  token: string,
): void {
  const { isSecure } = config;
  writeCookie(res, 'device', token, { isSecure, maxAgeS: DEVICE_DAYS * DAY_S });
}
