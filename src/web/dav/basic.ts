import type { Request } from 'express';

export interface Given {
  readonly login: string;
  readonly secret: string;
}

const MAX_CHARS = 2_000;

/** Login and password of `Authorization: Basic` in UTF-8 (RFC 7617); `undefined` without, or unreadable. */
export function basicOf(req: Request): Given | undefined {
  const header = req.get('Authorization') ?? '';
  const [, encoded = ''] = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header) ?? [];
  if (encoded === '' || encoded.length > MAX_CHARS) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1 || /\p{Cc}/u.test(text)) return undefined;
  return { login: text.slice(0, colon), secret: text.slice(colon + 1) };
}
