import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface BenchOptions {
  /** 500 messages only, fewer rounds: about 20 s. */
  readonly quick: boolean;
  /** One JSON document on standard output instead of tables. */
  readonly json: boolean;
  /** Writes `docs/reports/bench.md`. */
  readonly write: boolean;
  /** Folder for V8 CPU profiles of the product; none when undefined. */
  readonly profile: string | undefined;
  /** Ids (or their beginnings) of the measures to take; all when empty. */
  readonly only: readonly string[];
  /** Hooks and plugins alone, without a mail server. */
  readonly hooks: boolean;
  /** A directory of 20,000 entries alone. */
  readonly directory: boolean;
  /** A file of 10,000 contacts alone. */
  readonly contacts: boolean;
  /** Calendars of 5,000 and 50,000 events alone. */
  readonly calendar: boolean;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [options]

--quick         500 messages only, about 20 s
--hooks         what hooks and plugins cost only, about 20 s
--directory     questions to a directory of 20,000 entries only, about 20 s
--contacts      10,000 contacts of a file, and a list of 24 MB, only, about 30 s
--calendar      a month of 5,000 events, changes of 50,000, a file of 5 MB, only, about 60 s
--json          one JSON document on standard output
--write         writes docs/reports/bench.md
--only a,b      only measures whose id starts so (list, open, flag, move, search, next, signin, …)
--profile dir   writes a V8 CPU profile of the product into dir`;

/** Throws with a readable message for an unknown option. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      hooks: { type: 'boolean', default: false },
      directory: { type: 'boolean', default: false },
      contacts: { type: 'boolean', default: false },
      calendar: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      profile: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  });
  const { quick, json, write, hooks, directory, contacts, calendar, help, profile, only } = values;
  const ids = only.split(',').filter((id) => id !== '');
  return { quick, json, write, hooks, directory, contacts, calendar, help, profile, only: ids };
}

export const isWanted = ({ only }: Pick<BenchOptions, 'only'>, id: string): boolean =>
  only.length === 0 || only.some((start) => id.startsWith(start));
