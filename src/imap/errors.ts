import { AppError, type ErrorCode, isAppError } from '../base/errors';

/** What imapflow and our own adapter put on errors; read through guards, never trusted. */
interface WireError {
  readonly code?: unknown;
  readonly responseStatus?: unknown;
  readonly serverResponseCode?: unknown;
  readonly authenticationFailed?: unknown;
  readonly mailboxMissing?: unknown;
}

const asWire = (error: unknown): WireError =>
  typeof error === 'object' && error !== null ? error : {};

// RFC 5530 response codes and RFC 9051 7.1; the rest of a NO is a refusal without a reason.
const BY_RESPONSE_CODE: Readonly<Record<string, ErrorCode>> = {
  OVERQUOTA: 'imap/over-quota',
  LIMIT: 'imap/over-quota',
  TOOBIG: 'imap/over-quota',
  NONEXISTENT: 'mailbox/not-found',
  TRYCREATE: 'mailbox/not-found',
  ALREADYEXISTS: 'mailbox/exists',
  NOPERM: 'mailbox/forbidden',
  CANNOT: 'mailbox/forbidden',
  EXPUNGEISSUED: 'mailbox/changed',
  AUTHENTICATIONFAILED: 'imap/credentials',
  AUTHORIZATIONFAILED: 'imap/credentials',
  EXPIRED: 'imap/credentials',
  UNAVAILABLE: 'imap/unreachable',
};

/** RFC 5530: a NO of this moment, a lock or the server's own fault; Dovecot says both. */
const PASSING = new Set<unknown>(['INUSE', 'SERVERBUG']);

const TIMEOUTS = new Set(['ETIMEOUT', 'ETIMEDOUT', 'CONNECT_TIMEOUT', 'GREETING_TIMEOUT']);
const GARBLED = new Set([
  'UnexpectedTag',
  'InvalidResponse',
  'ResponseProcessingFailed',
  'LineTooLarge',
  'LiteralTooLarge',
  'ResponseTooLarge',
  'MAX_IMAP_NESTING_REACHED',
  'UnsolicitedLines',
]);
const REFUSED_BY_US = new Set(['InvalidStringValue', 'InvalidTokenValue', 'InvalidSequenceSet']);

/** True when the server itself answered NO or BAD: the connection is still in a known state. */
export function isServerAnswer(error: unknown): boolean {
  const status = asWire(error).responseStatus;
  return status === 'NO' || status === 'BAD';
}

/** True when the connection went away under a command: a read may be tried again elsewhere. */
export function isDropped(error: unknown): boolean {
  if (isAppError(error)) return error.details['dropped'] === true;
  if (isServerAnswer(error)) return false;
  const code = asWire(error).code;
  return (
    typeof code === 'string' &&
    !TIMEOUTS.has(code) &&
    !REFUSED_BY_US.has(code) &&
    !isGarbled(code) &&
    (code === 'NoConnection' || code === 'EConnectionClosed' || /^E[A-Z]+$|Closed/.test(code))
  );
}

const isGarbled = (code: string): boolean => GARBLED.has(code) || code.startsWith('ParserError');

function codeOf(error: unknown): ErrorCode {
  const wire = asWire(error);
  if (wire.mailboxMissing === true || wire.code === 'NotFound') return 'mailbox/not-found';
  const answer =
    typeof wire.serverResponseCode === 'string'
      ? BY_RESPONSE_CODE[wire.serverResponseCode]
      : undefined;
  if (answer) return answer;
  if (wire.authenticationFailed === true) return 'imap/credentials';
  if (wire.responseStatus === 'NO') return 'imap/refused';
  if (wire.responseStatus === 'BAD') return 'imap/protocol';
  // A mistake of ours inside the callback is not the server's.
  if (error instanceof TypeError || error instanceof ReferenceError) return 'internal/unexpected';
  if (typeof wire.code !== 'string') return 'imap/protocol';
  if (TIMEOUTS.has(wire.code)) return 'imap/timeout';
  if (isGarbled(wire.code)) return 'imap/protocol';
  if (REFUSED_BY_US.has(wire.code)) return 'request/invalid';
  return 'imap/unreachable';
}

/** Any failure of the wire as an AppError `imap/*` or `mailbox/*`; AppErrors pass unchanged. */
export function toImapError(
  error: unknown,
  details: Readonly<Record<string, unknown>> = {},
): AppError {
  if (isAppError(error)) return error;
  const code = codeOf(error);
  const dropped = code === 'imap/unreachable' && isDropped(error);
  const passing = code === 'imap/refused' && PASSING.has(asWire(error).serverResponseCode);
  return new AppError(code, {
    cause: error,
    details: { ...details, ...(dropped && { dropped }), ...(passing && { passing }) },
  });
}

/** The error of an answer that imapflow reduced to `false` or `undefined`. */
export const noAnswer = (command: string): AppError =>
  new AppError('imap/protocol', { details: { command, answer: 'none' } });
