import { types } from 'node:util';
import { AppError, isAppError } from '../base/errors';

/** What a failed directory call means, whichever library made it. */
export type DirectoryFailure = 'credentials' | 'timeout' | 'connection' | 'other';

const INVALID_CREDENTIALS = 49; // RFC 4511 appendix A
const BUSY = 51;
const UNAVAILABLE = 52;

const TIMEOUT_NAMES = new Set(['TimeoutError']);
// ldapts reports its own deadlines with plain errors.
const TIMEOUT_TEXT = /\b(timed? ?out|connection timeout)\b/i;
const CONNECTION_CODES =
  /^(ECONN|EHOST|ENET|EADDR|EPIPE|ENOTFOUND|EAI_|ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|ERR_OSSL)/;
// OpenSSL's own errors may come without a code; ldapts and ldapjs use plain errors for the rest.
const CONNECTION_TEXT =
  /(socket|connection) (hang up|closed|ended|error)|socket error|SSL routines|client destroyed/i;

/** Tells a refused password, a slow server, a dead one and the rest apart. */
export function classifyFailure(error: unknown): DirectoryFailure {
  if (isAppError(error)) return error.code === 'directory/timeout' ? 'timeout' : 'connection';
  // Errors of sockets are Node's own, of another realm than ours where modules run in a context.
  if (!(types.isNativeError(error) || error instanceof Error)) return 'other';
  const code = 'code' in error ? error.code : undefined;
  if (code === INVALID_CREDENTIALS) return 'credentials';
  if (code === BUSY || code === UNAVAILABLE) return 'connection';
  if (TIMEOUT_NAMES.has(error.name) || code === 'ETIMEDOUT') return 'timeout';
  if (typeof code === 'string' && CONNECTION_CODES.test(code)) return 'connection';
  if (error.name === 'ConnectionError') {
    return TIMEOUT_TEXT.test(error.message) ? 'timeout' : 'connection';
  }
  if (TIMEOUT_TEXT.test(error.message)) return 'timeout';
  return CONNECTION_TEXT.test(error.message) ? 'connection' : 'other';
}

/** The AppError for a failure of the directory itself, never for a person's wrong password. */
export function toDirectoryError(
  error: unknown,
  details: Readonly<Record<string, unknown>> = {},
): AppError {
  if (isAppError(error)) return error;
  const failure = classifyFailure(error);
  const code = failure === 'timeout' ? 'directory/timeout' : 'directory/unreachable';
  return new AppError(code, { cause: error, details: { ...details, failure } });
}
