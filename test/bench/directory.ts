import { systemClock } from '../../src/base/clock';
import type { SiteId } from '../../src/base/types';
import { createLdapDirectory, type DirectoryFilter, type DirectoryPort } from '../../src/directory';
import {
  createKeptConnections,
  readDirectoryBytes,
  searchDirectory,
  withDirectoryClient,
} from '../../src/ldap';
import { largeAt, largeDirectory, startLargeSlapd } from '../kit/large-directory';
import { type Summary, summarise } from './stats';
import { measureSuggestions, suggestionLines } from './suggestions';

const SITE = 'grand' as SiteId;
const ENTRIES = 20_000;
const LIMIT = 10;
const WARM = 20;
const ROUNDS = 200;
const PIECES = ['mart', 'cam', 'gib', 'ond', 'bris', 'sol', 'etienne.b', 'tram', 'lou', 'corm'];

/** The same questions to the server itself and through the platform, in turn. */
export interface DirectoryFigures {
  readonly entries: number;
  readonly limit: number;
  /** A connection that is open and bound, the filter as text, the same limit and attributes. */
  readonly server: Summary;
  /** `directory.find`, nothing of it kept from before. */
  readonly platform: Summary;
  /** The second p95 over the first. */
  readonly ratio: number;
}

/** What somebody types in the field of recipients: the start of a name, a login or an address. */
const asked = (text: string): { readonly where: DirectoryFilter; readonly filter: string } => {
  const attributes = ['displayName', 'sn', 'givenName', 'mail'];
  return {
    where: { any: attributes.map((attribute) => ({ attribute, starts: text })) },
    filter: `(|${attributes.map((name) => `(${name}=${text}*)`).join('')})`,
  };
};

/** Suggestions of a directory of 20,000 entries in a slapd of its own. */
export async function measureDirectory(tell: (text: string) => void): Promise<DirectoryFigures> {
  tell(`slapd with ${ENTRIES} entries`);
  const slapd = await startLargeSlapd(largeDirectory(ENTRIES));
  try {
    const ldap = largeAt(slapd);
    const through = createKeptConnections();
    const { port, forget } = createLdapDirectory({
      clock: systemClock,
      sites: [{ id: SITE, title: 'Grand', signIn: { kind: 'ldap', ldap } }],
      search: (to, question, options) => searchDirectory(to, question, { ...options, through }),
      readBytes: readDirectoryBytes,
    });
    const { find } = port as Required<DirectoryPort>;
    const times = { server: [] as number[], platform: [] as number[] };
    await withDirectoryClient(ldap, slapd.url, 600_000, async (client) => {
      for (let round = -WARM; round < ROUNDS; round++) {
        const { where, filter } = asked(PIECES[(round + WARM) % PIECES.length] ?? '');
        const server = await timed(() =>
          client.search(ldap.searchBase, { scope: 'sub', filter, sizeLimit: LIMIT + 1 }),
        );
        forget(SITE);
        const platform = await timed(() => find({ site: SITE }, { where, limit: LIMIT }));
        if (round < 0) continue;
        times.server.push(server);
        times.platform.push(platform);
      }
    });
    const [server, platform] = [summarise(times.server), summarise(times.platform)];
    return { entries: ENTRIES, limit: LIMIT, server, platform, ratio: platform.p95 / server.p95 };
  } finally {
    await slapd.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** The figures in words. */
export function directoryLines(figures: DirectoryFigures): readonly string[] {
  const { entries, limit, server, platform, ratio } = figures;
  const ms = ({ p50, p95 }: Summary): string =>
    `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`;
  return [
    `Suggestions of a directory of ${entries} entries, ${limit} at most, by the start of a name or address:`,
    `the server itself: ${ms(server)}`,
    `through the platform, nothing kept: ${ms(platform)}`,
    `ratio of the p95: ${ratio.toFixed(2)} (budget 3)`,
  ];
}

/** Both measures: the directory alone, and the product for what is suggested. */
export async function measureLookups(tell: (text: string) => void) {
  const directory = await measureDirectory(tell);
  const suggestions = await measureSuggestions(tell);
  return { directory, suggestions };
}

export const lookupLines = ({
  directory,
  suggestions,
}: Awaited<ReturnType<typeof measureLookups>>): readonly string[] => [
  ...directoryLines(directory),
  ...suggestionLines(suggestions),
];

/** `npm run bench -- --directory`: a slapd of its own, and no other mail server than the demonstration's. */
export async function benchDirectory(isJson: boolean): Promise<void> {
  const lookups = await measureLookups((text) => console.error(text));
  console.log(isJson ? JSON.stringify(lookups) : lookupLines(lookups).join('\n'));
}
