import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import { buildFilter, type DirectoryEntry, searchDirectory, toDirectoryError } from '../ldap';
import type { LdapDirectory } from '../sites/site';
import { answersTo } from './ldap-names';
import { principalFromEntry } from './ldap-principal';
import { claimedLogin } from './login-input';
import type { Principal } from './types';

/**
 * The entry of a login, by the service account alone; undefined when there is none, more than one, or
 * one that the directory takes for the same and that is another's by its letters.
 * Throws `directory/*` when no server could say within `timeoutMs` for all of them.
 */
export type DirectoryLookup = (
  directory: LdapDirectory,
  login: string,
  timeoutMs: number,
) => Promise<Principal | undefined>;

const ENOUGH = 2; // one entry, or a doubt

export function createDirectoryLookup(deps: {
  readonly clock: Clock;
  readonly log: Log;
}): DirectoryLookup {
  const { clock, log } = deps;

  async function search(directory: LdapDirectory, login: string, endsAt: number) {
    let failure = new AppError('directory/unreachable', { details: { reason: 'no-server' } });
    for (const [index, server] of directory.urls.entries()) {
      // What is left is shared, so that a silent first server leaves time for the second.
      const shareMs = (endsAt - clock.now()) / (directory.urls.length - index);
      const timeoutMs = Math.max(Math.min(directory.timeoutMs, shareMs), 1);
      try {
        const { entries } = await searchDirectory(
          { ...directory, urls: [server] },
          {
            base: directory.searchBase,
            scope: 'sub',
            filter: buildFilter(directory.searchFilter, { login }),
            attributes: ['*', ...directory.alsoAsk],
            limit: ENOUGH,
          },
          { timeoutMs },
        );
        return entries;
      } catch (error) {
        failure = toDirectoryError(error, { server });
        log.warn({ server, err: failure }, 'directory/failed');
        if (failure.details['failure'] === 'other') break;
      }
    }
    throw failure;
  }

  return async (directory, login, timeoutMs) => {
    const entries: readonly DirectoryEntry[] = await search(
      directory,
      login,
      clock.now() + timeoutMs,
    );
    const [entry, other] = entries;
    if (entry === undefined || other !== undefined) return undefined;
    if (!answersTo(directory, entry, login, claimedLogin)) return undefined;
    return principalFromEntry(directory, entry);
  };
}
