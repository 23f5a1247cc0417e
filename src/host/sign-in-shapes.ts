import { z } from 'zod';
import { isLoopback } from '../base/addresses';
import type { VouchedIdentity } from '../session';

/** Everything here is what a plugin says; lengths are what columns, cookies and pages take. */
const CONTROL = /\p{Cc}/u;
const line = (maxChars: number) =>
  z
    .string()
    .max(maxChars)
    .refine((text) => !CONTROL.test(text), 'expected one line');

/** What a browser is sent to: http on this machine alone, no credentials in it. */
export const outsideUrl = z
  .string()
  .max(8_000)
  .refine((text) => {
    if (/[\s\p{Cc}\\]/u.test(text) || !URL.canParse(text)) return false;
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') return false;
    return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  }, 'expected an absolute https address');

const time = z
  .string()
  .max(40)
  .refine((text) => Number.isFinite(Date.parse(text)), 'expected a time');

export const methodShape = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  label: line(120).min(1),
  look: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/)
    .exactOptional(),
  about: z.object({ label: line(160).min(1), href: outsideUrl }).exactOptional(),
});
export const offeredShape = z.array(
  z.object({ id: methodShape.shape.id, givesToken: z.boolean().exactOptional() }),
);
/** Of one plugin on one site. */
export const MAX_METHODS = 20;

export const refusalShape = z.object({
  refused: z.enum(['cancelled', 'unavailable', 'invalid', 'not-eligible']),
  // A plugin may hand on what the provider called it.
  code: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/)
    .catch('unnamed'),
});

/** What an operator is told of a provider: long texts of libraries are cut. */
export const checkShape = z.string().transform((text) =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 300),
);

const KEEP_BYTES = 2_000; // the contract: a cookie takes no more
const LEAVING_CHARS = 8_000;
const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const keepShape = z
  .record(z.string().max(64), z.string())
  .refine((keep) => jsonBytes(keep) <= KEEP_BYTES, 'longer than 2,000 characters');

export const startedShape = z.object({ redirect: outsideUrl, keep: keepShape });

export const identityShape = z.object({
  issuer: line(512).min(1),
  subject: line(512).min(1),
  login: line(256).min(1),
  mail: line(320)
    .regex(/^[^\s@]+@[^\s@]+$/)
    .exactOptional(),
  name: line(256).exactOptional(),
  attributes: z
    .record(z.string().max(256), z.array(z.string().max(1_024)).max(500))
    .refine((value) => Object.keys(value).length <= 100)
    .exactOptional(),
  assurance: z
    .object({
      level: line(256).exactOptional(),
      methods: z.array(line(64)).max(20).exactOptional(),
    })
    .exactOptional(),
  authenticatedAt: time.exactOptional(),
  isStrong: z.boolean().exactOptional(),
  session: line(512).min(1).exactOptional(),
  leaving: z
    .record(z.string().max(64), z.string())
    .refine((value) => jsonBytes(value) <= LEAVING_CHARS, 'longer than 8,000 characters')
    .exactOptional(),
});

export const endedShape = z
  .object({
    issuer: line(512).min(1),
    subject: line(512).min(1).exactOptional(),
    session: line(512).min(1).exactOptional(),
    goOn: outsideUrl.exactOptional(),
  })
  // Neither would end the sessions of everybody who came by that provider.
  .refine(({ subject, session }) => subject !== undefined || session !== undefined);

const token = z.string().min(1).max(16_384);
export const tokensShape = z.object({
  access: token,
  refresh: token.exactOptional(),
  expiresAt: time.exactOptional(),
});

/** The identity as the session folder takes it. */
export function vouchedFrom(
  { assurance, isStrong, ...identity }: z.output<typeof identityShape>,
  tokens: z.output<typeof tokensShape> | undefined,
): VouchedIdentity {
  const { level, methods = [] } = assurance ?? {};
  return {
    ...identity,
    assurance: { ...(level !== undefined && { level }), methods, isStrong: isStrong === true },
    ...(tokens && { tokens }),
  };
}
