import { readFile } from 'node:fs/promises';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import { smtpError } from './errors';
import type { SmtpCredential, SmtpDeadlines, SmtpServer } from './types';

// Replies are a few lines; a server that goes on is cut off (threats 49).
const MAX_RESPONSE_BYTES = 64 * 1024;
const QUIT_MS = 2_000;

export const timeout = (step: string): AppError =>
  new AppError('smtp/timeout', { details: { step } });

/**
 * A greeted, protected connection. STARTTLS is demanded when configured, never merely tried, and
 * certificates are always verified. The caller closes it.
 */
export async function openConnection(
  server: SmtpServer,
  deadlines: SmtpDeadlines,
  ehloName?: string,
): Promise<SMTPConnection> {
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    ...(server.servername === undefined ? {} : { servername: server.servername }),
    ...(ehloName === undefined ? {} : { name: ehloName }),
    tls: await tlsOptions(server),
    connectionTimeout: deadlines.connectMs,
    greetingTimeout: deadlines.connectMs,
    dnsTimeout: deadlines.connectMs,
    // Phases have their own deadlines; this one only ends a socket that everybody forgot.
    socketTimeout: 15 * 60_000,
    socketCloseTimeout: 0,
    maxResponseSize: MAX_RESPONSE_BYTES,
    logger: false,
  });
  // An error event without a listener would end the process.
  connection.on('error', () => undefined);
  try {
    // EHLO, after the greeting, is a command of its own.
    const allowed = deadlines.connectMs + deadlines.commandMs;
    await withDeadline(connected(connection), allowed, () => timeout('connect'));
    return connection;
  } catch (error) {
    connection.close();
    throw smtpError(error, 'connect', []);
  }
}

async function tlsOptions(server: SmtpServer) {
  const name = server.servername === undefined ? {} : { servername: server.servername };
  const ca = server.caFile === undefined ? {} : { ca: await readCa(server.caFile) };
  return { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const, ...name, ...ca };
}

async function readCa(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new AppError('smtp/unreachable', { cause, details: { step: 'ca-file' } });
  }
}

const connected = (connection: SMTPConnection): Promise<void> =>
  new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.connect((error) => (error ? reject(error) : resolve()));
  });

/** AUTH with the first mechanism both sides know. */
export async function signIn(
  connection: SMTPConnection,
  credential: SmtpCredential,
  deadlines: SmtpDeadlines,
): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    connection.once('error', reject);
    const credentials = { user: credential.username, pass: credential.password };
    connection.login({ credentials }, (error) => (error ? reject(error) : resolve()));
  });
  try {
    // A mechanism takes up to three exchanges.
    await withDeadline(done, 2 * deadlines.commandMs, () => timeout('auth'));
  } catch (error) {
    throw smtpError(error, 'auth', []);
  }
}

/** QUIT, without waiting for its answer longer than politeness asks. */
export function leave(connection: SMTPConnection): void {
  if (connection.destroyed) return;
  const timer = setTimeout(() => connection.close(), QUIT_MS);
  timer.unref();
  connection.once('end', () => clearTimeout(timer));
  connection.quit();
}

/**
 * Whether EHLO announced an extension. The library keeps the list to itself and only hands it out
 * after a sending; an unreadable one counts as absent.
 */
export function announces(connection: SMTPConnection, extension: string): boolean {
  const list: unknown = Reflect.get(connection, '_supportedExtensions');
  return Array.isArray(list) && list.includes(extension);
}
