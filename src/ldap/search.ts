import type { Client, SearchOptions } from 'ldapts';
import { AppError } from '../base/errors';
import { searchFollowing } from './aliases';
import { type LdapEndpoint, type WithClient, withDirectoryClient } from './client';
import { type DirectoryEntry, readEntry } from './entry';
import { classifyFailure, toDirectoryError } from './errors';

// RFC 4511 appendix A
const SIZE_LIMIT_EXCEEDED = 4;
const REFERRAL = 10;
const NO_SUCH_OBJECT = 32;
const INVALID_DN_SYNTAX = 34;

/** One question to a directory. The filter is complete: every value in it is escaped. */
export interface DirectorySearch {
  readonly base: string;
  /** `base`: the entry itself; `one`: those right below it; `sub`: it and everything below. */
  readonly scope: 'base' | 'one' | 'sub';
  readonly filter: string;
  readonly attributes: readonly string[];
  readonly limit: number;
  /** Aliases are shown as the entries below this one that they stand for; as they are without it. */
  readonly aliasesBelow?: string;
}

export interface AskOptions {
  readonly timeoutMs: number;
  /** Where connections come from; a new one for each question unless told. */
  readonly through?: WithClient | undefined;
}

/** What a directory found. */
export interface DirectoryFound {
  readonly entries: readonly DirectoryEntry[];
  /** More were there, whoever left them out: the limit, or the server's own. */
  readonly isCut: boolean;
}

const NONE: DirectoryFound = { entries: [], isCut: false };

/**
 * Entries that a directory finds, the first `limit` of them; the next server is asked when one
 * cannot be reached. A base that does not exist, or that another server holds, has none: referrals
 * are never followed, for who answers there would be given the account of the service. Neither has a
 * name that the directory cannot read, but where everything below it is looked for: what a site is
 * set up with is told when it is wrong. Throws `directory/*`.
 */
export function searchDirectory(
  endpoint: LdapEndpoint,
  search: DirectorySearch,
  { timeoutMs, through }: AskOptions,
): Promise<DirectoryFound> {
  return askInTurn(endpoint, { timeoutMs, through }, (client) =>
    searchOne(client, search, timeoutMs),
  );
}

/** Binary values of one entry, by attribute in lower case; none where there is no such entry. */
export function readDirectoryBytes(
  endpoint: LdapEndpoint,
  { dn, attributes }: { readonly dn: string; readonly attributes: readonly string[] },
  { timeoutMs, through }: AskOptions,
): Promise<ReadonlyMap<string, readonly Buffer[]>> {
  return askInTurn(endpoint, { timeoutMs, through }, async (client) => {
    const options: SearchOptions = {
      scope: 'base',
      filter: '(objectClass=*)',
      attributes: [...attributes],
      explicitBufferAttributes: [...attributes],
      timeLimit: Math.ceil(timeoutMs / 1_000),
    };
    const nothing = { searchEntries: [], searchReferences: [] };
    const work = client.search(dn, options);
    const { searchEntries } = await orNothing(work, nothing, INVALID_DN_SYNTAX);
    return new Map(
      Object.entries(searchEntries[0] ?? {}).map(([name, value]) => [
        name.toLowerCase(),
        (Array.isArray(value) ? value : [value]).filter((one) => Buffer.isBuffer(one)),
      ]),
    );
  });
}

async function askInTurn<T>(
  endpoint: LdapEndpoint,
  { timeoutMs, through = withDirectoryClient }: AskOptions,
  ask: (client: Client) => Promise<T>,
): Promise<T> {
  let failure = new AppError('directory/unreachable', { details: { reason: 'no-server' } });
  for (const url of endpoint.urls) {
    try {
      return await through(endpoint, url, timeoutMs, ask);
    } catch (error) {
      failure = toDirectoryError(error, { server: url });
      // A slow server has used the time up; a wrong question is wrong everywhere.
      if (classifyFailure(error) !== 'connection') throw failure;
    }
  }
  throw failure;
}

const searchOne = (
  client: Client,
  search: DirectorySearch,
  timeoutMs: number,
): Promise<DirectoryFound> =>
  searchFollowing(search, (question) => searchPlain(client, question, timeoutMs));

async function searchPlain(
  client: Client,
  { base, scope, filter, attributes, limit }: DirectorySearch,
  timeoutMs: number,
): Promise<DirectoryFound> {
  const options = {
    scope,
    filter,
    attributes: [...attributes],
    timeLimit: Math.ceil(timeoutMs / 1_000),
  };
  const wanted = limit + 1; // one more tells whether there are more
  try {
    return cut(await firstPages(client, base, { ...options, wanted }), limit);
  } catch (error) {
    if (scope !== 'sub' && codeOf(error) === INVALID_DN_SYNTAX) return NONE;
    if (codeOf(error) !== SIZE_LIMIT_EXCEEDED) return orNothing(Promise.reject(error), NONE);
    // The library gives what came before the server's own limit to who sets one.
    const { searchEntries } = await client.search(base, { ...options, sizeLimit: wanted });
    return { ...cut(searchEntries, limit), isCut: true };
  }
}

/** Servers may allow no more in one page (slapd limits them by themselves). */
const PAGE_ENTRIES = 250;

/** By pages (RFC 2696), since beyond a size limit some servers answer with an error and no entry. */
async function firstPages(
  client: Client,
  base: string,
  { wanted, ...options }: SearchOptions & { readonly wanted: number },
): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  const pages = client.searchPaginated(base, {
    ...options,
    paged: { pageSize: Math.min(wanted, PAGE_ENTRIES) },
  });
  for await (const { searchEntries } of pages) {
    found.push(...searchEntries);
    if (found.length >= wanted) break;
  }
  return found;
}

const cut = (found: readonly unknown[], limit: number): DirectoryFound => ({
  entries: found.slice(0, limit).map(readEntry),
  isCut: found.length > limit,
});

async function orNothing<T>(work: Promise<T>, nothing: T, ...codes: readonly number[]): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if ([NO_SUCH_OBJECT, REFERRAL, ...codes].some((code) => codeOf(error) === code)) return nothing;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
