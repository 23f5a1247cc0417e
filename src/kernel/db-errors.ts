import { AppError, type ErrorCode } from '../base/errors';
import { errorCode } from './error-code';

// SQLite result codes and errors of files that a retry may cure. Everything else is a fault of ours
// and stays as it is.
const CODES: Readonly<Record<string, ErrorCode>> = {
  SQLITE_BUSY: 'storage/busy',
  SQLITE_LOCKED: 'storage/busy',
  SQLITE_FULL: 'storage/full',
  ENOSPC: 'storage/full',
  EDQUOT: 'storage/full',
};

const RETRY_AFTER_S = 2;

/**
 * A database or file error as `storage/busy` or `storage/full` when it is one of these; any other
 * value comes back unchanged, so that `throw mapStorageError(error)` fits every catch.
 */
export function mapStorageError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = storageCode(error);
  if (!code) return error;
  return new AppError(code, {
    cause: error,
    ...(code === 'storage/busy' && { retryAfterS: RETRY_AFTER_S }),
  });
}

function storageCode(error: unknown): ErrorCode | undefined {
  // knex throws this when no connection came free in time: somebody holds the only one.
  if (error instanceof Error && error.name === 'KnexTimeoutError') return 'storage/busy';
  const code = errorCode(error);
  return code !== undefined && Object.hasOwn(CODES, code) ? CODES[code] : undefined;
}
