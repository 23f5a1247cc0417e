import pino, { type DestinationStream, type Logger } from 'pino';
import { describeError, scrubText } from './log-error';

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
      serializers: { err: (error: unknown) => describeError(error) },
      formatters: { log: scrubFields },
    },
    destination ?? pino.destination({ dest: 2, sync: false }),
  );
}

/** Names under which words of libraries and plugins are logged. */
const FREE_TEXT = ['detail', 'reason'] as const;

function scrubFields(fields: Record<string, unknown>): Record<string, unknown> {
  const scrubbed = FREE_TEXT.flatMap((key) => {
    const text = fields[key];
    return typeof text === 'string' ? [[key, scrubText(text)] as const] : [];
  });
  return scrubbed.length === 0 ? fields : { ...fields, ...Object.fromEntries(scrubbed) };
}

/** A log that writes nothing, for tests and tools. */
export const silentLog = (): Log => pino({ level: 'silent' });
