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
  // imapflow's errors carry the command as sent: folder names, words searched for.
  'executedCommand',
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
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    destination ?? pino.destination({ dest: 2, sync: false }),
  );
}

/** A log that writes nothing, for tests and tools. */
export const silentLog = (): Log => pino({ level: 'silent' });
