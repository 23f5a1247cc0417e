import { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { withDeadline } from '../base/async';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import {
  buildFilter,
  classifyFailure,
  openForTls,
  parseLdapUrl,
  readEntry,
  tlsOptionsFor,
  toDirectoryError,
  urlOverTls,
  whileOpen,
  withDirectoryClient,
} from '../ldap';
import type { LdapDirectory } from '../sites/site';
import { answersTo } from './ldap-names';
import { principalFromEntry } from './ldap-principal';
import { runLdapStrategy, type StrategyOutcome } from './ldap-strategy';
import { canonicalLogin, type LoginInput } from './login-input';
import type { Principal } from './types';

export interface LdapLoginDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A principal, or undefined for a wrong login or password. Throws `directory/*` otherwise, and when
 * no server has said by `endsAt`: a person at a sign-in form waits no longer (threats L1).
 */
export type LdapLogin = (
  directory: LdapDirectory,
  input: LoginInput,
  endsAt: number,
) => Promise<Principal | undefined>;

/**
 * Signs in by LDAP: the service finds the entry, the person's password binds to it. Servers are
 * tried in turn; only one that cannot be reached or does not answer leads to the next.
 */
export function createLdapLogin({ clock, log }: LdapLoginDeps): LdapLogin {
  return async (directory, input, endsAt) => {
    let failure = new AppError('directory/unreachable', { details: { reason: 'no-server' } });
    for (const [index, url] of directory.urls.entries()) {
      // What is left is shared, so that a silent first server leaves time for the second.
      const shareMs = (endsAt - clock.now()) / (directory.urls.length - index);
      const timeoutMs = Math.max(Math.min(directory.timeoutMs, shareMs), 1);
      const leftMs = () => Math.max(endsAt - clock.now(), 1);
      try {
        const answered = await askServer(directory, url, input, { timeoutMs, leftMs });
        const entry = answered === undefined ? undefined : readEntry(answered);
        if (!entry || !answersTo(directory, entry, input.login, canonicalLogin)) return undefined;
        return principalFromEntry(directory, entry);
      } catch (error) {
        if (error instanceof AppError && !error.code.startsWith('directory/')) throw error;
        failure = toDirectoryError(error, { server: url });
        log.warn({ server: url, err: failure }, 'directory/failed');
        if (failure.details['failure'] === 'other') break;
      }
    }
    throw failure;
  };
}

/** The entry of a right password, undefined for a wrong one; throws when the server cannot say. */
async function askServer(
  directory: LdapDirectory,
  url: string,
  input: LoginInput,
  { timeoutMs, leftMs }: { readonly timeoutMs: number; readonly leftMs: () => number },
): Promise<unknown> {
  const sockets: Socket[] = [];
  const silent = () => new AppError('directory/timeout', { details: { server: url } });
  try {
    const work = authenticateAt(directory, url, input, timeoutMs, sockets);
    const outcome = await withDeadline(work, timeoutMs, silent);
    return await meaningOf(outcome, directory, url, Math.min(directory.timeoutMs, leftMs()));
  } finally {
    // The library leaves its second connection open when the first one fails.
    for (const socket of sockets) socket.destroy();
  }
}

async function authenticateAt(
  directory: LdapDirectory,
  url: string,
  { login, password }: LoginInput,
  timeoutMs: number,
  sockets: Socket[],
): Promise<StrategyOutcome> {
  const { startTls, caFile, bindDn, bindPassword, searchBase, alsoAsk } = directory;
  const server = parseLdapUrl(url);
  const searchFilter = buildFilter(directory.searchFilter, { login });
  const searchAttributes = ['*', ...alsoAsk];
  const query = {
    timeoutMs,
    bindDn,
    bindPassword,
    searchBase,
    searchFilter,
    searchAttributes,
    password,
  };
  if (!server.isLdaps && !startTls) return runLdapStrategy({ ...query, url });
  const tls = await tlsOptionsFor(server, caFile);
  // One connection for the service, one for the person.
  for (let count = 0; count < 2; count++) sockets.push(await openForTls(server, timeoutMs));
  const work = runLdapStrategy({
    ...query,
    url: urlOverTls(server),
    tlsOptions: over(sockets, tls),
  });
  return whileOpen(sockets, work);
}

/**
 * TLS options that hand out our connections one by one. The library's own StartTLS sends binds
 * before TLS is established, and in clear when the server refuses it: a network attacker would read
 * the passwords. Over a connection that is ready for TLS it writes nothing before the handshake.
 */
function over(sockets: readonly Socket[], tls: ConnectionOptions): ConnectionOptions {
  const left = [...sockets];
  // A third connection gets a closed one: throwing inside the library's timer would end the process.
  const next = () => left.shift() ?? new Socket().destroy();
  return Object.defineProperty({ ...tls }, 'socket', { enumerable: true, get: next });
}

async function meaningOf(
  outcome: StrategyOutcome,
  directory: LdapDirectory,
  url: string,
  timeoutMs: number,
): Promise<unknown> {
  switch (outcome.kind) {
    case 'entry':
      return outcome.entry;
    case 'refused':
      // The library says the same of the service account's password as of the person's.
      await checkService(directory, url, timeoutMs);
      return undefined;
    case 'no-base':
      throw misconfigured(url, 'search-base');
    case 'error':
      // Two entries for one login: nobody can be meant by it.
      if (isAmbiguous(outcome.error)) return undefined;
      if (classifyFailure(outcome.error) === 'other') {
        throw misconfigured(url, 'refused-by-server', outcome.error);
      }
      throw outcome.error;
  }
}

async function checkService(directory: LdapDirectory, url: string, timeoutMs: number) {
  if (directory.bindDn === undefined) return;
  await withDirectoryClient(directory, url, timeoutMs, async () => {});
}

const isAmbiguous = (error: unknown): boolean =>
  typeof error === 'string' && error.startsWith('unexpected number of matches');

const misconfigured = (server: string, reason: string, cause?: unknown) =>
  new AppError('directory/unreachable', { cause, details: { server, reason, failure: 'other' } });
