import { readFile } from 'node:fs/promises';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import { type SaslExchange, saslExchange } from '../base/sasl';
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

/**
 * AUTH: with the first mechanism both sides know for a person's password, with the one that the
 * credential is for otherwise, or not at all.
 */
export async function signIn(
  connection: SMTPConnection,
  credential: SmtpCredential,
  server: Pick<SmtpServer, 'host' | 'port' | 'servername'>,
  deadlines: SmtpDeadlines,
): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    connection.once('error', reject);
    const auth = authOf(connection, credential, server);
    connection.login(auth, (error) => (error ? reject(error) : resolve()));
  });
  try {
    // A mechanism takes up to three exchanges.
    await withDeadline(done, 2 * deadlines.commandMs, () => timeout('auth'));
  } catch (error) {
    throw smtpError(error, 'auth', []);
  }
}

/** The library knows neither OAUTHBEARER nor an authorization identity: those exchanges are ours. */
function authOf(
  connection: SMTPConnection,
  credential: SmtpCredential,
  { host, port, servername = host }: Pick<SmtpServer, 'host' | 'port' | 'servername'>,
): Parameters<SMTPConnection['login']>[0] {
  if ('password' in credential && credential.authzid === undefined) {
    return { credentials: { user: credential.username, pass: credential.password } };
  }
  const exchange = saslExchange(credential, { host: servername, port });
  if (!authMechanisms(connection).includes(exchange.mechanism)) {
    // The token, and the password of a service, are not for who did not ask for them.
    throw new AppError('session/mail-access', {
      details: {
        setting: 'mailAccess',
        reason: `smtp-lacks-${exchange.mechanism.toLowerCase()}`,
      },
    });
  }
  connection.customAuth.set(OWN_METHOD, (context) => runExchange(context, exchange));
  return { method: OWN_METHOD, user: credential.username };
}

// Under its own name the library would take XOAUTH2 for its own, and something else in its place.
const OWN_METHOD = 'ESTAFETTE';
// RFC 4954 4: with the command and its line end, 512 octets; a longer answer waits to be asked for.
const MAX_COMMAND_CHARS = 510;

async function runExchange(
  { sendCommand }: SMTPConnection.CustomAuthenticationContext,
  { mechanism, response, afterRefusal }: SaslExchange,
): Promise<void> {
  const atOnce = `AUTH ${mechanism} ${response}`;
  const isShort = atOnce.length <= MAX_COMMAND_CHARS;
  let reply = await sendCommand(isShort ? atOnce : `AUTH ${mechanism}`);
  if (!isShort && reply.status === CHALLENGE) reply = await sendCommand(response);
  // RFC 7628 3.2.3: the reason of a refusal comes as a challenge, which wants an answer.
  if (reply.status === CHALLENGE) reply = await sendCommand(afterRefusal);
  if (reply.status < 200 || reply.status >= 300) throw new Error('Invalid login');
}
const CHALLENGE = 334;

/** What EHLO announced after AUTH; the library keeps four names of it, and drops the others. */
function authMechanisms(connection: SMTPConnection): readonly string[] {
  const lines: unknown = Reflect.get(connection, '_ehloLines');
  if (!Array.isArray(lines)) return [];
  return lines.flatMap((line: unknown) => {
    const [, names = ''] = /^AUTH[ =](.*)$/i.exec(String(line)) ?? [];
    return names.toUpperCase().split(/[ =]/).filter(Boolean);
  });
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
