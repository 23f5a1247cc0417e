import type { Request, Response } from 'express';

export type CookieName =
  | 'session'
  | 'pre'
  | 'flash'
  | 'lang'
  | 'device'
  | 'way'
  | 'way2'
  | 'way3'
  | 'way4';

const NAMES: Readonly<Record<CookieName, string>> = {
  session: 'estafette',
  pre: 'estafette-pre',
  flash: 'estafette-flash',
  lang: 'estafette-lang',
  device: 'estafette-device',
  way: 'estafette-way',
  way2: 'estafette-way2',
  way3: 'estafette-way3',
  way4: 'estafette-way4',
};
/** Header with more than this is refused by the HTTP parser anyway. */
const MAX_COOKIES = 50;

/** `__Host-` binds a cookie to this host and to TLS (RFC 6265bis 4.1.3.2). */
export const cookieName = (name: CookieName, isSecure: boolean): string =>
  isSecure ? `__Host-${NAMES[name]}` : NAMES[name];

/** Value of one of our cookies. A repeated name is refused: two values means somebody plants one. */
export function readCookie(req: Request, name: CookieName, isSecure: boolean): string | undefined {
  const values = cookieValues(req, name, isSecure);
  return values.length === 1 ? values[0] : undefined;
}

/** Whether the browser brings several values of one of our cookies. */
export const isRepeated = (req: Request, name: CookieName, isSecure: boolean): boolean =>
  cookieValues(req, name, isSecure).length > 1;

function cookieValues(req: Request, name: CookieName, isSecure: boolean): readonly string[] {
  const wanted = cookieName(name, isSecure);
  return (req.headers.cookie ?? '')
    .split(';', MAX_COOKIES)
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${wanted}=`))
    .map((pair) => pair.slice(wanted.length + 1));
}

/** Sets a cookie of the session's life, or removes it with `undefined`. */
export function writeCookie(
  res: Response,
  name: CookieName,
  value: string | undefined,
  options: { readonly isSecure: boolean; readonly maxAgeS?: number },
): void {
  const parts = [
    `${cookieName(name, options.isSecure)}=${value ?? ''}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
  ];
  if (options.isSecure) parts.push('Secure');
  if (value === undefined) parts.push('Max-Age=0');
  else if (options.maxAgeS !== undefined) parts.push(`Max-Age=${options.maxAgeS}`);
  res.append('Set-Cookie', parts.join('; '));
}
