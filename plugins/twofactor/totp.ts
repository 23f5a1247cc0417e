import { timingSafeEqual } from 'node:crypto';
import { HOTP, Secret, TOTP } from 'otpauth';

const PERIOD_S = 30; // RFC 6238 4.1: what applications assume
const DIGITS = 6;
const SECRET_BYTES = 20; // RFC 4226 4, R6: 160 bits
/** Clocks of telephones: one step before and one after (RFC 6238 5.2). */
const DRIFT = [-1, 0, 1] as const;

export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

/** The step that a time is in. */
export const stepAt = (ms: number): number => Math.floor(ms / 1_000 / PERIOD_S);

/** The code of a step (RFC 4226 5.3). */
export function codeAt(
  secret: Secret,
  step: number,
  { digits = DIGITS, algorithm = 'SHA1' }: { digits?: number; algorithm?: string } = {},
): string {
  return HOTP.generate({ secret, algorithm, digits, counter: step });
}

/**
 * The step whose code was given, within the drift; `undefined` for a wrong one. Every step is
 * compared, so that the time taken says nothing of which was near.
 */
export function matchStep(base32: string, typed: string, now: number): number | undefined {
  const code = typed.replace(/[\s\u00a0\u202f-]/g, '');
  if (!/^\d{6}$/.test(code)) return undefined;
  const secret = Secret.fromBase32(base32);
  const here = stepAt(now);
  const matching = DRIFT.map((drift) => here + drift).filter((step) =>
    timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(code)),
  );
  return matching.at(-1);
}

/** What an application reads in the picture. */
export const otpauthUri = (base32: string, issuer: string, label: string): string =>
  new TOTP({
    // The colon parts issuer and label in the address.
    issuer: issuer.replaceAll(':', ' ').slice(0, 64),
    label: label.replaceAll(':', ' ').slice(0, 128),
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_S,
    secret: Secret.fromBase32(base32),
  }).toString();

/** In groups of four, for who types it. */
export const inGroups = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ');
