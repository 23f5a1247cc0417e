import { createHash } from 'node:crypto';
import { singleFlight } from '../base/async';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { SiteId } from '../base/types';
import { type Cache, createCache } from '../kernel/cache';
import { deepFreeze } from '../kernel/freeze';
import {
  type DirectoryEntry,
  type DirectoryFound,
  type DirectorySearch,
  isAttributeName,
  isBelow,
  type LdapEndpoint,
  parseDn,
  valuesOf,
} from '../ldap';
import type { Site, SiteDirectory } from '../sites';
import { isGroup, mailFilter, searchFilter } from './filters';
import { PICTURE_ATTRIBUTES, pictureOf } from './picture';
import { checkQuestion } from './question';
import { capAttributes } from './shape';
import {
  type DirectoryFacts,
  type DirectoryPicture,
  type DirectoryPort,
  type DirectoryRecord,
  type DirectoryScope,
  SIGN_IN_DIRECTORY,
} from './types';

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
/** Ordinary attributes, less what `readEntry` withholds. */
const ORDINARY = ['*'];
const PICTURES_MAX = 500;
const PICTURES_BYTES = 16_000_000;

export interface LdapDirectoryDeps {
  readonly clock: Clock;
  readonly sites: readonly Pick<Site, 'id' | 'title' | 'signIn' | 'directories'>[];
  /** `searchDirectory` of the LDAP floor. */
  readonly search: (
    directory: LdapEndpoint,
    search: DirectorySearch,
    options: { readonly timeoutMs: number },
  ) => Promise<DirectoryFound>;
  /** `readDirectoryBytes` of the LDAP floor. */
  readonly readBytes: (
    directory: LdapEndpoint,
    wanted: { readonly dn: string; readonly attributes: readonly string[] },
    options: { readonly timeoutMs: number },
  ) => Promise<ReadonlyMap<string, readonly Buffer[]>>;
}

export interface LdapDirectories {
  readonly port: DirectoryPort;
  /** Whether people of a site sign in with a directory. */
  readonly serves: (site: SiteId) => boolean;
  /** The directories of a site, that of sign-in first. */
  readonly list: (site: SiteId) => readonly DirectoryFacts[];
  /** An entry as the server has it now, whatever was answered before. */
  readonly entryNow: (scope: DirectoryScope, dn: string) => Promise<DirectoryRecord | undefined>;
  /** Forgets what was answered of a site: something has just changed there. */
  readonly forget: (site: SiteId) => void;
}

interface Answer {
  readonly records: readonly DirectoryRecord[];
  readonly isCut: boolean;
}

type Known = SiteDirectory & { readonly facts: DirectoryFacts };

/** The port `directory` over the LDAP directories of each site. */
export function createLdapDirectory({
  clock,
  sites,
  search,
  readBytes,
}: LdapDirectoryDeps): LdapDirectories {
  const directories = new Map(sites.map((site) => [site.id, directoriesOf(site)]));
  const cache: Cache<Answer> = createCache({
    clock,
    max: CACHE_MAX,
    ttlMs: CACHE_MS,
    maxWeight: CACHE_CHARS,
    weigh: (answer) => JSON.stringify(answer).length,
  });
  const once = singleFlight<Answer>();
  const pictures: Cache<{ readonly picture: DirectoryPicture | undefined }> = createCache({
    clock,
    max: PICTURES_MAX,
    ttlMs: CACHE_MS,
    maxWeight: PICTURES_BYTES,
    weigh: ({ picture }) => picture?.content.length ?? 1,
  });
  const onePicture = singleFlight<DirectoryPicture | undefined>();
  /** Part of every key: what changes makes all that was kept of a site another's. */
  const changes = new Map<SiteId, number>();

  const directoryOf = ({ site, directory = SIGN_IN_DIRECTORY }: DirectoryScope): Known => {
    const found = directories.get(site)?.get(directory);
    if (found) return found;
    throw new AppError('plugin/unavailable', { details: { port: 'directory', site, directory } });
  };

  const keyOf = ({ site, directory = '' }: DirectoryScope, question: unknown): string => {
    const text = JSON.stringify([directory, question]);
    const hash = createHash('sha256').update(text).digest('base64url');
    return `${site}|${changes.get(site) ?? 0}|${hash}`;
  };
  const timeoutOf = ({ timeoutMs }: Known) => ({
    timeoutMs: Math.min(timeoutMs, TIMEOUT_MAX_MS),
  });

  /** One answer for the same question asked twice within minutes; failures are not kept. */
  async function ask(
    scope: DirectoryScope,
    directory: Known,
    question: Omit<DirectorySearch, 'attributes'>,
    named: readonly string[] = [],
  ): Promise<Answer> {
    const { base, filter, limit } = question;
    const key = keyOf(scope, [base, question.scope, filter, limit, named]);
    const known = cache.get(key);
    if (known) return known;
    return once(key, async () => {
      const answer = await askNow(directory, question, named);
      cache.set(key, answer);
      return answer;
    });
  }

  async function askNow(
    directory: Known,
    question: Omit<DirectorySearch, 'attributes'>,
    named: readonly string[] = [],
  ): Promise<Answer> {
    const attributes = named.length > 0 ? named : [...ORDINARY, ...directory.alsoAsk];
    const found = await search(
      directory,
      {
        ...question,
        attributes: [...new Set([...attributes, ...always(directory)])],
        ...(directory.followAliases && { aliasesBelow: directory.searchBase }),
      },
      timeoutOf(directory),
    );
    const records = found.entries.map((entry) => recordOf(directory, entry, named));
    return deepFreeze({ records, isCut: found.isCut });
  }

  /** A name that stands at or below the directory's own. */
  const isInside = ({ searchBase }: Known, dn: string): boolean => {
    const [name, base] = [parseDn(dn), parseDn(searchBase)];
    return name !== undefined && base !== undefined && isBelow(name, base);
  };

  const port: DirectoryPort = {
    async search(scope, text, query = {}) {
      const { limit = LIMIT, types = ['person'] as const } = query;
      const directory = directoryOf(scope);
      const typed = text.trim().slice(0, TEXT_CHARS.max);
      if (typed.length < TEXT_CHARS.min || types.length === 0) return [];
      const { records } = await ask(scope, directory, {
        base: directory.searchBase,
        scope: 'sub',
        filter: searchFilter(directory, typed, types),
        limit: Math.max(1, Math.min(Math.trunc(limit), LIMIT_MAX)),
      });
      return records;
    },
    async byMail(scope, mails) {
      const directory = directoryOf(scope);
      const wanted = [...new Set(mails.map((mail) => mail.trim().toLowerCase()))]
        .filter((mail) => mail.includes('@') && mail.length <= 320)
        .slice(0, MAILS_MAX);
      const found = new Map<string, DirectoryRecord>();
      for (let start = 0; start < wanted.length; start += MAILS_A_SEARCH) {
        const batch = wanted.slice(start, start + MAILS_A_SEARCH);
        const { records } = await ask(scope, directory, {
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
      if (!isInside(directory, dn)) return undefined;
      const { records } = await ask(scope, directory, itself(dn));
      return records[0];
    },
    async find(scope, question) {
      const directory = directoryOf(scope);
      const checked = checkQuestion(question, directory.searchBase);
      if (!checked) return { entries: [], isCut: false };
      const { attributes, ...rest } = checked;
      const { records, isCut } = await ask(scope, directory, rest, attributes);
      return { entries: records, isCut };
    },
    async photo(scope, dn, attribute) {
      const directory = directoryOf(scope);
      const attributes = attribute === undefined ? PICTURE_ATTRIBUTES : [attribute];
      if (!attributes.every(isAttributeName)) throw new AppError('request/invalid');
      if (!isInside(directory, dn)) return undefined;
      const key = keyOf(scope, ['photo', dn, attributes]);
      const known = pictures.get(key);
      if (known) return known.picture;
      return onePicture(key, async () => {
        const values = await readBytes(directory, { dn, attributes }, timeoutOf(directory));
        const picture = attributes
          .flatMap((name) => values.get(name.toLowerCase()) ?? [])
          .map(pictureOf)
          .find((one) => one !== undefined);
        pictures.set(key, { picture });
        return picture;
      });
    },
  };
  return {
    port,
    async entryNow(scope, dn) {
      const directory = directoryOf(scope);
      if (!isInside(directory, dn)) return undefined;
      return (await askNow(directory, itself(dn))).records[0];
    },
    serves: (site) => directories.get(site)?.has(SIGN_IN_DIRECTORY) === true,
    list: (site) => [...(directories.get(site)?.values() ?? [])].map(({ facts }) => facts),
    forget: (site) => void changes.set(site, (changes.get(site) ?? 0) + 1),
  };
}

const itself = (dn: string) =>
  ({ base: dn, scope: 'base', filter: '(objectClass=*)', limit: 1 }) as const;

function directoriesOf({
  title,
  signIn,
  directories = [],
}: LdapDirectoryDeps['sites'][number]): ReadonlyMap<string, Known> {
  const all = [
    ...(signIn.kind === 'ldap' ? [{ ...signIn.ldap, id: SIGN_IN_DIRECTORY, title }] : []),
    ...directories,
  ];
  return new Map(
    all.map((one) => {
      const { id, title: name, searchBase: base } = one;
      return [id, { ...one, facts: { id, title: name, base } }];
    }),
  );
}

/** What every record is made of, whatever is asked for. */
const always = ({ attributes: { name, mail } }: Known): readonly string[] => [
  'objectClass',
  name,
  'displayName',
  'cn',
  mail,
];

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

function recordOf(
  { attributes: names }: Known,
  entry: DirectoryEntry,
  named: readonly string[],
): DirectoryRecord {
  const [name] = [names.name, 'displayName', 'cn'].flatMap((attribute) =>
    valuesOf(entry, attribute),
  );
  const mails = valuesOf(entry, names.mail).filter((mail) => mail.includes('@'));
  return {
    dn: entry.dn,
    type: isGroup(valuesOf(entry, 'objectclass')) ? 'group' : 'person',
    name: (name ?? mails[0] ?? entry.dn).slice(0, 512),
    mails: mails.filter((mail) => mail.length <= 320).slice(0, 20),
    attributes: capAttributes(entry.attributes, named),
  };
}
