import { AppError } from '../base/errors';

export type RefusalReason =
  | 'unknown-site'
  | 'unknown-group'
  | 'unknown-plugin'
  | 'unknown-key'
  | 'bad-path'
  | 'wrong-value'
  | 'secret'
  | 'locked'
  | 'stop-only'
  | 'requires'
  | 'breaks';

/** Why a change is not made, for who asked for it. Holds no secret. */
export interface ChangeRefusal {
  readonly reason: RefusalReason;
  /** Field of the form, or option of the command. */
  readonly field: 'site' | 'group' | 'path' | 'value';
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** Where the file decides. */
  readonly file?: string;
  readonly line?: number;
}

/** Makes a refusal of the change being checked. */
export type Refuse = (
  reason: RefusalReason,
  field: ChangeRefusal['field'],
  expected: string,
  found: string,
  place?: { readonly file: string; readonly line?: number },
) => ChangeRefusal;

/** `calendar.firstDay: expected integer 0–6, found 9`, in one line. */
export function formatRefusal({ path, expected, found, file, line }: ChangeRefusal): string {
  const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  return `${path}: expected ${expected}, found ${found}${place}`;
}

export const refusalError = (refusal: ChangeRefusal): AppError =>
  new AppError('request/invalid', { details: { ...refusal } });

const FOUND_MAX = 60;

/** A value as a message may show it. */
export function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > FOUND_MAX ? `${text.slice(0, FOUND_MAX)}…` : text;
}
