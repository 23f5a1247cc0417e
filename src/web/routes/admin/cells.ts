import type { AdminCell, AdminFact, Mark } from '../../pages/admin';

export const DASH: AdminCell = { text: '–' };

export const cell = (text: string, note?: string): AdminCell =>
  text === '' ? DASH : { text, ...(note !== undefined && { note }) };

export const code = (text: string): AdminCell => (text === '' ? DASH : { text, isCode: true });

export const link = (text: string, href: string, note?: string): AdminCell => ({
  text,
  href,
  ...(note !== undefined && { note }),
});

export const marked = (mark: Mark, text: string, note?: string): AdminCell => ({
  text,
  mark,
  ...(note !== undefined && { note }),
});

export const fact = (label: string, ...cells: readonly AdminCell[]): AdminFact => ({
  label,
  cells: cells.length === 0 ? [DASH] : cells,
});

/** Some words of a list, one after the other. */
export const codes = (words: readonly string[]): readonly AdminCell[] =>
  words.length === 0 ? [DASH] : words.map(code);
