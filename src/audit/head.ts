import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Clock, isoNow } from '../base/clock';
import type { Log } from '../base/log';
import type { Database } from '../kernel/db-types';
import { errorCode } from '../kernel/error-code';
import { makeFolder } from '../kernel/folders';
import { type ChainFault, GENESIS, isSameHash } from './chain';
import type { AuditKeys } from './keys';
import { type Head, lostAt } from './known';
import { selectAnchors, selectBegin, selectEnd } from './store';

/** Lines of the last second may be cut without a trace here; a stream has them. */
const DELAY_MS = 1_000;
/** A log whose first line is this young has no file yet; an older one has lost it. */
const NEW_MS = 60_000;
const FILE_MODE = 0o600;

const fileShape = z.strictObject({
  version: z.literal(1),
  at: z.string(),
  key: z.string(),
  heads: z.array(z.strictObject({ site: z.string(), seq: z.number(), hash: z.string() })),
  mac: z.string(),
});
interface HeadFile {
  readonly version: 1;
  readonly at: string;
  /** Name of the key that signed it. */
  readonly key: string;
  readonly heads: readonly Head[];
  readonly mac: string;
}

/** `absent`: none was written yet, or somebody removed it; `altered`: not what we wrote. */
export type ReadHeads =
  | { readonly state: 'known'; readonly heads: readonly Head[]; readonly at: string }
  | { readonly state: 'absent' | 'altered' | 'unknown-key'; readonly heads: readonly [] };

/** Lines up to an end that was kept apart and that the database does not have. */
export type LostLines = ChainFault & {
  /** Number of the last one that is known. */
  readonly upTo: number;
};

const macOf = (keys: AuditKeys, { key, at, heads }: Omit<HeadFile, 'mac' | 'version'>) =>
  keys.mac(
    key,
    JSON.stringify([
      'estafette-audit-head-1',
      key,
      at,
      heads.map(({ site, seq, hash }) => [site, seq, hash]),
    ]),
  );

/** The ends of chains that were kept apart from the database. */
export async function readHeads(file: string, keys: AuditKeys): Promise<ReadHeads> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { state: 'absent', heads: [] };
    throw error;
  }
  const parsed = parse(text);
  if (!parsed) return { state: 'altered', heads: [] };
  const mac = macOf(keys, parsed);
  if (mac === undefined) return { state: 'unknown-key', heads: [] };
  if (!isSameHash(parsed.mac, mac)) return { state: 'altered', heads: [] };
  return { state: 'known', heads: parsed.heads, at: parsed.at };
}

function parse(text: string): HeadFile | undefined {
  try {
    return fileShape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Keeps the ends of chains in a file, never letting them go back. */
export interface HeadKeeper {
  /** There is something new. */
  touch(): void;
  /** Writes what is there, now. */
  flush(): Promise<void>;
  /** Writes what is new, if anything is. */
  close(): Promise<void>;
  /** What an administrator has to look at; `undefined`: nothing. */
  problem(): Promise<string | undefined>;
  /** Begins again with the ends that are there; the file from before stays beside it. */
  accept(): Promise<void>;
}

export interface HeadDeps {
  readonly db: Pick<Database, 'knex'>;
  readonly clock: Clock;
  readonly keys: AuditKeys;
  readonly file: string;
  /** Chains that there may be, beside those that the file knows. */
  readonly sites: readonly string[];
  readonly log?: Log | undefined;
}

export function createHeadKeeper({ db, clock, keys, file, sites, log }: HeadDeps): HeadKeeper {
  let cancel: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();
  let problem: string | undefined;
  let isChecked = false;

  async function write(): Promise<void> {
    try {
      const known = await readHeads(file, keys);
      if (known.state === 'altered') {
        // Kept as evidence: a new one would hide it.
        return report('altered', { file });
      }
      if (known.state !== 'known' && (await isOld())) {
        // With a new one, whoever removed it or cut the log with it would have had their way.
        return report(known.state, { file });
      }
      const [lost] = await lostOf(db.knex, known.heads);
      if (lost) return report('lost', { site: lost.site, seq: lost.upTo });
      const heads = merge(known.heads, await endsOf(db.knex, [...sites, '*']));
      await save({ at: isoNow(clock), key: keys.currentId, heads });
      problem = undefined;
    } catch (err) {
      problem = 'unwritten';
      log?.error({ err, file }, 'audit/head-unwritten');
    } finally {
      isChecked = true;
    }
  }

  async function isOld(): Promise<boolean> {
    const begun = await selectBegin(db.knex);
    return begun !== undefined && Date.parse(begun) < clock.now() - NEW_MS;
  }

  async function begin(): Promise<void> {
    const { state } = await readHeads(file, keys);
    if (state !== 'absent') await rename(file, `${file}.${isoNow(clock).replaceAll(':', '-')}`);
    const heads = await endsOf(db.knex, [...sites, '*']);
    await save({ at: isoNow(clock), key: keys.currentId, heads });
    problem = undefined;
  }

  function report(what: string, facts: object): void {
    if (problem !== what) log?.error(facts, `audit/head-${what}`);
    problem = what;
  }

  async function save(content: Omit<HeadFile, 'mac' | 'version'>): Promise<void> {
    const mac = macOf(keys, content);
    // Not by process: in two containers that share the folder, both are the first one.
    const next = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`);
    makeFolder(path.dirname(file));
    await writeFile(next, `${JSON.stringify({ version: 1, ...content, mac })}\n`, {
      mode: FILE_MODE,
      flush: true,
    });
    await rename(next, file);
  }

  function flush(): Promise<void> {
    cancel?.();
    cancel = undefined;
    writing = writing.then(write);
    return writing;
  }

  return {
    touch() {
      cancel ??= clock.after(DELAY_MS, () => void flush());
    },
    flush,
    close: () => (cancel ? flush() : writing),
    async problem() {
      // Once at the start, and again for as long as there is one: it may have been accepted elsewhere.
      if (!isChecked || problem !== undefined) await flush();
      return problem;
    },
    accept() {
      const begun = writing.then(begin);
      writing = begun.catch(() => {});
      return begun;
    },
  };
}

/** Ends that were known and are no longer there, though no purge took them. */
export async function lostOf(
  knex: Database['knex'],
  known: readonly Head[],
): Promise<readonly LostLines[]> {
  const anchors = await selectAnchors(knex);
  const lost: LostLines[] = [];
  for (const head of known) {
    const purged = anchors.find((signed) => signed?.anchor.site === head.site)?.anchor ?? GENESIS;
    const fault = await lostAt(knex, purged, head);
    if (fault) lost.push({ ...fault, upTo: head.seq });
  }
  return lost;
}

async function endsOf(knex: Database['knex'], sites: readonly string[]): Promise<readonly Head[]> {
  const ends = await Promise.all(
    sites.map(async (site) => ({ site, ...(await selectEnd(knex, site)) })),
  );
  return ends.filter(({ seq }) => seq > 0);
}

/** The later end of each chain: another process may have written a later one meanwhile. */
function merge(known: readonly Head[], current: readonly Head[]): readonly Head[] {
  const heads = new Map(known.map((head) => [head.site, head]));
  for (const head of current) {
    if ((heads.get(head.site)?.seq ?? 0) < head.seq) heads.set(head.site, head);
  }
  return [...heads.values()];
}
