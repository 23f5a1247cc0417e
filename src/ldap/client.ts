import { connect as connectPlain, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { Client, type ClientOptions } from 'ldapts';
import { withDeadline } from '../base/async';
import { AppError } from '../base/errors';
import { toDirectoryError } from './errors';
import { openForTls, whileOpen } from './socket';
import { tlsOptionsFor } from './tls';
import { type LdapServer, parseLdapUrl, urlOverTls } from './url';

/** The part of a directory's configuration that connections need. */
export interface LdapEndpoint {
  readonly urls: readonly string[];
  readonly startTls: boolean;
  readonly caFile?: string;
  readonly bindDn?: string;
  readonly bindPassword?: string;
}

/** Runs `use` on a connection that is bound as the service. Throws `directory/*`. */
export type WithClient = <T>(
  endpoint: LdapEndpoint,
  url: string,
  timeoutMs: number,
  use: (client: Client) => Promise<T>,
) => Promise<T>;

/** A connection that is bound as the service. */
export interface BoundConnection {
  readonly client: Client;
  readonly socket: Socket;
  close(): void;
}

/** Runs `use` on one connection, bound as the service; always closed. Throws `directory/*`. */
export async function withDirectoryClient<T>(
  endpoint: LdapEndpoint,
  url: string,
  timeoutMs: number,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const server = parseLdapUrl(url);
  let client: Client | undefined;
  try {
    const { socket, options } = await connection(server, endpoint, timeoutMs);
    const opened = new Client(options);
    client = opened;
    const work = bindService(opened, endpoint).then(() => use(opened));
    const watched = socket ? whileOpen([socket], work) : work;
    return await withDeadline(watched, timeoutMs, () => new AppError('directory/timeout'));
  } catch (error) {
    throw toDirectoryError(error, { server: url });
  } finally {
    await closeClient(client);
  }
}

/** Connects and binds as the service; who is given the connection closes it. Throws `directory/*`. */
export async function openBound(
  endpoint: LdapEndpoint,
  url: string,
  timeoutMs: number,
): Promise<BoundConnection> {
  const server = parseLdapUrl(url);
  let client: Client | undefined;
  let plain: Socket | undefined;
  try {
    const { socket, options } = await connection(server, endpoint, timeoutMs);
    // Once: the library would connect again by itself, and go on as nobody.
    const createConnection = (): Socket => {
      if (plain) throw new AppError('directory/unreachable', { details: { reason: 'closed' } });
      plain = connectPlain({ host: server.host, port: server.port });
      return plain;
    };
    const opened = new Client({ ...options, ...(!socket && { createConnection }) });
    client = opened;
    const bound = bindService(opened, endpoint);
    const work = socket ? whileOpen([socket], bound) : bound;
    await withDeadline(work, timeoutMs, () => new AppError('directory/timeout'));
    const used = socket ?? plain;
    if (!used) throw new AppError('directory/unreachable', { details: { reason: 'no-socket' } });
    return { client: opened, socket: used, close: () => void closeClient(opened) };
  } catch (error) {
    await closeClient(client);
    throw toDirectoryError(error, { server: url });
  }
}

/** A connection that is gone already is closed. */
const closeClient = async (client: Client | undefined): Promise<void> =>
  client?.unbind().catch(() => {});

/**
 * StartTLS is done before the library sees the socket: its own reconnects in clear when the server
 * drops the connection after StartTLS, and would then send the password unprotected.
 */
async function connection(
  server: LdapServer,
  { startTls, caFile }: LdapEndpoint,
  timeoutMs: number,
): Promise<{ readonly options: ClientOptions; readonly socket?: Socket }> {
  const limits = { timeout: timeoutMs, connectTimeout: timeoutMs };
  if (!server.isLdaps && !startTls) return { options: { ...limits, url: server.url } };
  const tls = await tlsOptionsFor(server, caFile);
  const socket = await openForTls(server, timeoutMs);
  const createSecureConnection = () => connect({ ...tls, socket });
  return { socket, options: { ...limits, url: urlOverTls(server), createSecureConnection } };
}

async function bindService(client: Client, endpoint: LdapEndpoint): Promise<void> {
  const { bindDn, bindPassword } = endpoint;
  // Without a service account the anonymous bind still proves that the server answers.
  await client.bind(bindDn ?? '', bindDn === undefined ? '' : (bindPassword ?? ''));
}

/**
 * Connects and binds as the service at the first server that answers; for health checks. Throws
 * `directory/timeout` or `directory/unreachable` when none does within `timeoutMs` each.
 */
export async function pingDirectory(
  endpoint: LdapEndpoint,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<void> {
  let failure = new AppError('directory/unreachable', { details: { reason: 'no-server' } });
  for (const url of endpoint.urls) {
    try {
      await withDirectoryClient(endpoint, url, timeoutMs, async () => {});
      return;
    } catch (error) {
      failure = toDirectoryError(error);
    }
  }
  throw failure;
}
