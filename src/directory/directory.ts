import { createHash } from 'node:crypto';
import { singleFlight } from '../base/async';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import { type Cache, createCache } from '../kernel/cache';
import { deepFreeze } from '../kernel/freeze';
import { type DirectoryEntry, type DirectorySearch, isBelow, parseDn, valuesOf } from '../ldap';
import type { LdapDirectory, Site } from '../sites';
import { isGroup, mailFilter, searchFilter } from './filters';
import { capAttributes } from './shape';
import type { DirectoryPort, DirectoryRecord, DirectoryScope } from './types';

const LIMIT = 20;
const LIMIT_MAX = 50;
const TEXT_CHARS = { min: 2, max: 100 };
const MAILS_MAX = 200;
const MAILS_A_SEARCH = 40; // filters of thousands of terms are refused by servers
const CACHE_MS = 180_000;
const CACHE_MAX = 2_000;
/** Characters, in all: a record may hold 60 attributes of 20 values of 512. */
const CACHE_CHARS = 16_000_000;
const TIMEOUT_MAX_MS = 5_000;
/** Ordinary attributes, less what `readEntry` withholds; some servers must be told of classes. */
const ATTRIBUTES = ['*', 'objectClass'];

export interface LdapDirectoryDeps {
  readonly clock: Clock;
  readonly sites: readonly Pick<Site, 'id' | 'signIn'>[];
  /** `searchDirectory` of the LDAP floor. */
  readonly search: (
    directory: LdapDirectory,
    search: DirectorySearch,
    options: { readonly timeoutMs: number },
  ) => Promise<readonly DirectoryEntry[]>;
}

/** The port `directory` over the LDAP directory of each site; `serves` tells which have one. */
export function createLdapDirectory({ clock, sites, search }: LdapDirectoryDeps): {
  readonly port: DirectoryPort;
  readonly serves: (site: SiteId) => boolean;
} {
  const directories = new Map<SiteId, LdapDirectory>(
    sites.flatMap(({ id, signIn }) => (signIn.kind === 'ldap' ? [[id, signIn.ldap] as const] : [])),
  );
  const cache: Cache<readonly DirectoryRecord[]> = createCache({
    clock,
    max: CACHE_MAX,
    ttlMs: CACHE_MS,
    maxWeight: CACHE_CHARS,
    weigh: (records) => JSON.stringify(records).length,
  });
  const once = singleFlight<readonly DirectoryRecord[]>();

  const directoryOf = ({ site }: DirectoryScope): LdapDirectory => {
    const found = directories.get(site);
    if (found) return found;
    throw new AppError('plugin/unavailable', { details: { port: 'directory', site } });
  };

  /** One answer for the same question asked twice within minutes; failures are not kept. */
  async function ask(
    { site }: DirectoryScope,
    directory: LdapDirectory,
    question: Omit<DirectorySearch, 'attributes'>,
  ): Promise<readonly DirectoryRecord[]> {
    const text = JSON.stringify([question.base, question.scope, question.filter, question.limit]);
    const key = `${site}|${createHash('sha256').update(text).digest('base64url')}`;
    const known = cache.get(key);
    if (known) return known;
    return once(key, async () => {
      const entries = await search(
        directory,
        { ...question, attributes: [...ATTRIBUTES, ...directory.alsoAsk] },
        { timeoutMs: Math.min(directory.timeoutMs, TIMEOUT_MAX_MS) },
      );
      const records = deepFreeze(entries.map((entry) => recordOf(directory, entry)));
      cache.set(key, records);
      return records;
    });
  }

  const port: DirectoryPort = {
    async search(scope, text, query = {}) {
      const { limit = LIMIT, types = ['person'] as const } = query;
      const directory = directoryOf(scope);
      const typed = text.trim().slice(0, TEXT_CHARS.max);
      if (typed.length < TEXT_CHARS.min || types.length === 0) return [];
      return ask(scope, directory, {
        base: directory.searchBase,
        scope: 'sub',
        filter: searchFilter(directory, typed, types),
        limit: Math.max(1, Math.min(Math.trunc(limit), LIMIT_MAX)),
      });
    },
    async byMail(scope, mails) {
      const directory = directoryOf(scope);
      const wanted = [...new Set(mails.map((mail) => mail.trim().toLowerCase()))]
        .filter((mail) => mail.includes('@') && mail.length <= 320)
        .slice(0, MAILS_MAX);
      const found = new Map<string, DirectoryRecord>();
      for (let start = 0; start < wanted.length; start += MAILS_A_SEARCH) {
        const batch = wanted.slice(start, start + MAILS_A_SEARCH);
        const records = await ask(scope, directory, {
          base: directory.searchBase,
          scope: 'sub',
          filter: mailFilter(directory, batch),
          limit: batch.length * 2,
        });
        for (const record of records) addByMail(found, batch, record);
      }
      return found;
    },
    async entry(scope, dn) {
      const directory = directoryOf(scope);
      const [name, base] = [parseDn(dn), parseDn(directory.searchBase)];
      if (!name || !base || !isBelow(name, base)) return undefined;
      const [record] = await ask(scope, directory, {
        base: dn,
        scope: 'base',
        filter: '(objectClass=*)',
        limit: 1,
      });
      return record;
    },
  };
  return { port, serves: (site) => directories.has(site) };
}

function addByMail(
  found: Map<string, DirectoryRecord>,
  wanted: readonly string[],
  record: DirectoryRecord,
): void {
  for (const mail of record.mails) {
    const key = mail.toLowerCase();
    if (wanted.includes(key) && !found.has(key)) found.set(key, record);
  }
}

function recordOf({ attributes: names }: LdapDirectory, entry: DirectoryEntry): DirectoryRecord {
  const [name] = [names.name, 'displayName', 'cn'].flatMap((attribute) =>
    valuesOf(entry, attribute),
  );
  const mails = valuesOf(entry, names.mail).filter((mail) => mail.includes('@'));
  return {
    dn: entry.dn,
    type: isGroup(valuesOf(entry, 'objectclass')) ? 'group' : 'person',
    name: (name ?? mails[0] ?? entry.dn).slice(0, 512),
    mails: mails.filter((mail) => mail.length <= 320).slice(0, 20),
    attributes: capAttributes(entry.attributes),
  };
}
