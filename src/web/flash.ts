import type { Request, Response } from 'express';
import { z } from 'zod';
import { sameSecret } from '../base/ids';
import type { WebDeps } from './context';
import { readCookie, writeCookie } from './cookies';
import { signed } from './signing';

/** Lives for one redirect only. */
const FLASH_S = 60;

const flashSchema = z.strictObject({
  level: z.enum(['info', 'ok', 'warn', 'danger']),
  key: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  /** How long it is shown, where it is not as long as the site shows others. */
  seconds: z.number().optional(),
  undo: z
    .strictObject({
      action: z.string().regex(/^\/(?:mail\/|mailboxes\/|outbox\/|snoozed\/|search\/)/),
      fields: z.array(z.strictObject({ name: z.string(), value: z.string() })).max(600),
    })
    .optional(),
});

/** What happened, told on the next page: a text key, never a text (threats 44). */
export type FlashNote = z.infer<typeof flashSchema>;

/** Cookies over 4 kB are dropped by browsers: an undo of many messages is then not offered. */
const MAX_COOKIE_BYTES = 3_600;

const sign = (deps: WebDeps, payload: string): string => signed(deps, 'flash', payload);

export function setFlash(deps: WebDeps, res: Response, note: FlashNote): void {
  const encode = (value: FlashNote): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  let payload = encode(note);
  if (payload.length > MAX_COOKIE_BYTES) payload = encode({ ...note, undo: undefined });
  writeCookie(res, 'flash', `${payload}.${sign(deps, payload)}`, {
    isSecure: deps.config.isSecure,
    maxAgeS: FLASH_S,
  });
}

/** Reads the note and removes it. A cookie that we did not sign says nothing. */
export function takeFlash(deps: WebDeps, req: Request, res: Response): FlashNote | undefined {
  const raw = readCookie(req, 'flash', deps.config.isSecure);
  if (raw === undefined || raw === '') return undefined;
  writeCookie(res, 'flash', undefined, { isSecure: deps.config.isSecure });
  const [payload = '', mac = ''] = raw.split('.');
  if (!sameSecret(mac, sign(deps, payload))) return undefined;
  try {
    return flashSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  } catch {
    return undefined; // an older version's cookie
  }
}
