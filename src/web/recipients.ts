import type { Address, MessageView } from '../mail';

/** Addresses that a page names; a page with ten thousand weighs 2 MB. */
const FOLDED = 200;
/** Those that it names when it is asked for all of them: half a megabyte. */
const UNFOLDED = 2_000;
/** Header fields that are lists of addresses. */
const LISTS: ReadonlySet<string> = new Set(['to', 'cc', 'bcc', 'reply-to']);

type Field = 'replyTo' | 'to' | 'cc' | 'bcc';

/** The addresses that are shown of each field, and how many are not. */
export interface FoldedRecipients {
  readonly shown: Readonly<Record<Field, readonly Address[]>>;
  readonly more: Readonly<Record<Field, number>>;
  /** Some are left out, and asking for all of them would show more. */
  readonly canUnfold: boolean;
}

/** Whether a link asked for all recipients: `recipients=all`. */
export const wantsAll = (value: unknown): boolean => value === 'all';

/** Shares what a page may name among the fields, in the order in which they are read. */
export function foldRecipients(
  view: Pick<MessageView, Field>,
  { all }: { readonly all: boolean },
): FoldedRecipients {
  let left = all ? UNFOLDED : FOLDED;
  const take = (field: Field): readonly Address[] => {
    const shown = view[field].slice(0, left);
    left -= shown.length;
    return shown;
  };
  const shown = { to: take('to'), cc: take('cc'), bcc: take('bcc'), replyTo: take('replyTo') };
  const more = {
    to: view.to.length - shown.to.length,
    cc: view.cc.length - shown.cc.length,
    bcc: view.bcc.length - shown.bcc.length,
    replyTo: view.replyTo.length - shown.replyTo.length,
  };
  const isFolded = Object.values(more).some((count) => count > 0);
  return { shown, more, canUnfold: isFolded && !all };
}

/** The same for a header field as text: up to the comma after the last address that is shown. */
export function foldHeader(
  { name, value }: { readonly name: string; readonly value: string },
  { all }: { readonly all: boolean },
): { readonly name: string; readonly value: string; readonly more: number } {
  const max = all ? UNFOLDED : FOLDED;
  if (!LISTS.has(name.toLowerCase())) return { name, value, more: 0 };
  const entries = value.split(',');
  const more = Math.max(0, entries.length - max);
  return { name, value: more > 0 ? entries.slice(0, max).join(',') : value, more };
}
