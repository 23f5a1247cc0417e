import { AppError, type ErrorCode } from '../base/errors';

/** Of a plugin's own making: what it misuses, what it reaches by itself, what nobody foresaw. */
const OWN: ReadonlySet<ErrorCode> = new Set([
  'plugin/need-missing',
  'config/invalid',
  'internal/unexpected',
  'storage/overdue',
  'fetch/refused',
  'fetch/failed',
  // A table, a file, a secret, a site that is not its own; what a person may not do says otherwise.
  'request/forbidden',
]);

/**
 * The error of the core, or of another plugin's service, that a plugin let through: a message that
 * is gone, a mail server that does not answer. Plugins cannot make an AppError themselves.
 */
export const isOthersError = (error: Error): error is AppError =>
  error instanceof AppError && !OWN.has(error.code);
