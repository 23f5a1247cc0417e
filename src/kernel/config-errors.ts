/** One fault of the configuration, for the person who wrote it. Never holds a secret. */
export interface ConfigIssue {
  /** As given on the command line or relative to the root; `environment` for a variable. */
  readonly file: string;
  /** `imap.port`; empty for the whole file. */
  readonly path: string;
  /** `expected integer 1–65535, found "abc"`. */
  readonly message: string;
  readonly line?: number;
}

/** Exit code of a program whose configuration is wrong: EX_CONFIG of sysexits.h. */
export const EX_CONFIG = 78;

/** Everything wrong with the configuration at once, one line each. */
export class ConfigError extends Error {
  readonly exitCode = EX_CONFIG;

  constructor(readonly issues: readonly ConfigIssue[]) {
    super(issues.map(formatIssue).join('\n'));
    this.name = 'ConfigError';
  }
}

/** `config/sites/saisons.json: imap.port: expected integer 1–65535, found "abc" (line 9)`. */
export function formatIssue({ file, path, message, line }: ConfigIssue): string {
  const place = path === '' ? file : `${file}: ${path}`;
  return `${place}: ${message}${line === undefined ? '' : ` (line ${line})`}`;
}
