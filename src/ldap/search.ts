import { AppError } from '../base/errors';
import { type LdapEndpoint, withDirectoryClient } from './client';
import { type DirectoryEntry, readEntry } from './entry';
import { classifyFailure, toDirectoryError } from './errors';

const NO_SUCH_OBJECT = 32; // RFC 4511 appendix A

/** One question to a directory. The filter is complete: every value in it is escaped. */
export interface DirectorySearch {
  readonly base: string;
  /** `base`: the entry itself; `sub`: everything below. */
  readonly scope: 'base' | 'sub';
  readonly filter: string;
  readonly attributes: readonly string[];
  readonly limit: number;
}

/**
 * Entries that a directory finds, the first `limit` of them; the next server is asked when one
 * cannot be reached. A base that does not exist has none. Throws `directory/*`.
 */
export async function searchDirectory(
  endpoint: LdapEndpoint,
  search: DirectorySearch,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<readonly DirectoryEntry[]> {
  let failure = new AppError('directory/unreachable', { details: { reason: 'no-server' } });
  for (const url of endpoint.urls) {
    try {
      return await searchOne(endpoint, url, search, timeoutMs);
    } catch (error) {
      failure = toDirectoryError(error, { server: url });
      // A slow server has used the time up; a wrong question is wrong everywhere.
      if (classifyFailure(error) !== 'connection') throw failure;
    }
  }
  throw failure;
}

const searchOne = (
  endpoint: LdapEndpoint,
  url: string,
  { base, scope, filter, attributes, limit }: DirectorySearch,
  timeoutMs: number,
): Promise<readonly DirectoryEntry[]> =>
  withDirectoryClient(endpoint, url, timeoutMs, async (client) => {
    const pages = client.searchPaginated(base, {
      scope,
      filter,
      attributes: [...attributes],
      timeLimit: Math.ceil(timeoutMs / 1_000),
      // A page, not a size limit: beyond that one a server answers with an error and no entry.
      paged: { pageSize: limit },
    });
    try {
      for await (const { searchEntries } of pages) {
        return searchEntries.slice(0, limit).map(readEntry);
      }
      return [];
    } catch (error) {
      if (codeOf(error) === NO_SUCH_OBJECT) return [];
      throw error;
    }
  });

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
