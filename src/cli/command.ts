import { type ParseArgsConfig, parseArgs, types } from 'node:util';
import type { Deps } from './deps';

/** Where a command reads and writes; tests give their own. */
export interface Io {
  /** One line (or several) on standard output. */
  out(text: string): void;
  /** One line (or several) on standard error. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves with the signal's name when the process is asked to stop. */
  untilStopped(): Promise<string>;
  /** Asks a question and resolves with the line that is answered; `undefined` when nobody is left to answer. */
  ask?(question: string): Promise<string | undefined>;
}

/** One command of the program, in one file. */
export interface Command {
  readonly name: string;
  /** One line for `estafette help`. */
  readonly summary: string;
  /** `estafette hooks [--site id] [name]`, then what each option does. */
  readonly usage: string;
  /** Resolves with the exit code; throws for the program to explain. */
  run(io: Io, args: readonly string[], deps: Deps): Promise<number>;
}

/** Exit codes, after sysexits.h where it has one. */
export const EXIT = { ok: 0, failure: 1, usage: 64, unavailable: 69, config: 78 } as const;

/** The command line was not understood: exit code 64. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

type Option = NonNullable<ParseArgsConfig['options']>[string];
type Options = Readonly<Record<string, Option>>;

/** Options that every command knows. */
const COMMON = { json: { type: 'boolean' }, debug: { type: 'boolean' } } as const satisfies Options;

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: typeof COMMON & O; allowPositionals: true }>
>;

/** Options and at most `positionals` other words; throws {@link UsageError} on anything else. */
export function readArgs<const O extends Options>(
  args: readonly string[],
  options: O,
  positionals = 0,
): Parsed<O> {
  try {
    const parsed = parseArgs({
      args: [...args],
      options: { ...COMMON, ...options },
      allowPositionals: true,
      strict: true,
    });
    if (parsed.positionals.length > positionals) {
      throw new UsageError(`unexpected "${parsed.positionals[positionals]}"`);
    }
    return parsed;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const message = types.isNativeError(error) ? error.message : String(error);
    // Node adds advice about "--" that says nothing to the reader.
    throw new UsageError((message.split('. ')[0] ?? message).replace(/\.$/, ''));
  }
}

/** Prints one JSON document with `--json`, text for a person otherwise. */
export function print(
  io: Io,
  values: { readonly json?: boolean | undefined },
  document: unknown,
  text: () => string,
): void {
  io.out(values.json ? JSON.stringify(document) : text());
}

/** Rows as aligned columns; numbers to the right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  const isNumeric = head.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
