import pino, { type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

// Names whose values never reach a log, at any of the first three levels (threats X25).
const SECRET_KEYS = [
  'password',
  'pass',
  'secret',
  'token',
  'cookie',
  'authorization',
  'credential',
  'accessToken',
  'subject',
  'text',
  'html',
  'body',
  'query',
  'filter',
  'q',
]; // prettier-ignore
const REDACT_PATHS = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

export interface LogOptions {
  level: string;
  destination?: DestinationStream;
}

/** JSON lines with ISO time; on standard error by default, so that commands keep standard output. */
export function createLog({ level, destination }: LogOptions): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: REDACT_PATHS, censor: '[redacted]' },
      serializers: { err: (error: unknown) => serializeError(error) },
    },
    destination ?? pino.destination({ dest: 2, sync: false }),
  );
}

const MAX_CAUSES = 5;

/**
 * What a log may say of an error: kind, message, code, place, and its causes. Not the other members
 * that libraries attach: imapflow's carry the command as sent (folder names, words searched for),
 * SMTP clients' the server's answer (addresses).
 */
function serializeError(error: unknown, depth = 0): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { name, message, code, stack, cause, details } = error as Partial<Record<string, unknown>>;
  return {
    type: name,
    message,
    ...(typeof code === 'string' && { code }),
    ...(details !== undefined && { details }),
    stack,
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: serializeError(cause, depth + 1) }),
  };
}

/** A log that writes nothing, for tests and tools. */
export const silentLog = (): Log => pino({ level: 'silent' });
