import { types } from 'node:util';
import { AppError } from '../base/errors';
import { ConfigError, type ConfigIssue } from '../kernel/config';
import { errorCode } from '../kernel/error-code';
import { MigrationError } from '../kernel/migrate';
import { EXIT, type Io, UsageError } from './command';

// Across realms, where `instanceof Error` is false for errors that native code made.
const { isNativeError } = types;

interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly issues?: readonly ConfigIssue[];
}

/** Explains a thrown value to the person at the terminal; returns the exit code. */
export function reportFailure(
  io: Io,
  error: unknown,
  { json, debug }: { readonly json: boolean; readonly debug: boolean },
): number {
  const { exitCode, ...failure } = describe(error);
  if (json) io.out(JSON.stringify({ error: failure }));
  for (const line of failure.message.split('\n')) io.err(`estafette: ${line}`);
  if (failure.code === 'usage') io.err('estafette: see "estafette help"');
  if (debug && isNativeError(error) && error.stack) io.err(error.stack);
  return exitCode;
}

function describe(error: unknown): Failure {
  if (error instanceof UsageError) {
    return { exitCode: EXIT.usage, code: 'usage', message: error.message };
  }
  if (error instanceof ConfigError) {
    const { message, issues, exitCode } = error;
    return { exitCode, code: 'config', message, issues };
  }
  if (error instanceof AppError) return describeAppError(error);
  if (error instanceof MigrationError) {
    return { exitCode: EXIT.failure, code: 'migration', message: error.message };
  }
  return describeOther(error);
}

function describeAppError(error: AppError): Failure {
  const parts = [
    error.code,
    detailsOf(error),
    isNativeError(error.cause) ? error.cause.message : undefined,
  ];
  // The reason may be the words of its cause.
  const message = [...new Set(parts.filter((part) => part !== undefined))].join(': ');
  return { exitCode: exitCodeOf(error), code: error.code, message };
}

/** The reason in words, else everything known: `file skins/x/skin.json, problem …`. */
function detailsOf({ details }: AppError): string | undefined {
  const { reason } = details;
  if (typeof reason === 'string') return reason;
  const known = Object.entries(details).map(([name, value]) => `${name} ${String(value)}`);
  return known.length === 0 ? undefined : known.join(', ');
}

function exitCodeOf({ code }: AppError): number {
  if (code === 'config/invalid') return EXIT.config;
  const isElsewhere = /^(?:storage|imap|smtp|directory)\/(?:unreachable|timeout|busy|full)$/;
  return isElsewhere.test(code) ? EXIT.unavailable : EXIT.failure;
}

// Codes of the operating system that a person can do something about.
const SYSTEM: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is already in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'permission denied',
  ENOSPC: 'no space left on the disk',
  ECONNREFUSED: 'connection refused',
  SQLITE_CANTOPEN: 'the database file cannot be opened',
};

function describeOther(error: unknown): Failure {
  if (!isNativeError(error)) {
    return { exitCode: EXIT.failure, code: 'unexpected', message: String(error) };
  }
  const code = errorCode(error) ?? 'unexpected';
  const known = Object.hasOwn(SYSTEM, code) ? SYSTEM[code] : undefined;
  return {
    exitCode: known === undefined ? EXIT.failure : EXIT.unavailable,
    code,
    message: known === undefined ? error.message : `${known} (${error.message})`,
  };
}
