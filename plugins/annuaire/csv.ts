import type { Translate } from 'estafette/plugin';
import type { Entry } from './entry';
import { plain } from './fold';
import { type Mapping, valuesOf } from './mapping';
import type { Fact } from './profiles';
import { KIND_TEXTS } from './texts';

/**
 * Entries as a table (RFC 4180, with the mark that spreadsheets want for UTF-8), under headings in
 * the language of the page. An apostrophe stands before what a spreadsheet would take for a formula.
 */
export function csvOf(
  mapping: Mapping,
  entries: readonly Entry[],
  { t, separator }: { readonly t: Translate; readonly separator: ',' | ';' },
): string {
  const fact = (name: Fact) => (entry: Entry) =>
    valuesOf(mapping, entry.attributes, name).map(plain).join(' / ');
  const columns: readonly (readonly [string, (entry: Entry) => string])[] = [
    ['annuaire:export.name', ({ name }) => name],
    ['annuaire:export.surname', fact('surname')],
    ['annuaire:export.givenName', fact('givenName')],
    ['annuaire:export.kind', ({ kind }) => t(KIND_TEXTS[kind].one)],
    ['annuaire:export.function', ({ title }) => title],
    ['annuaire:export.service', ({ service }) => service],
    ['annuaire:export.mail', ({ mail }) => mail],
    ['annuaire:card.otherMails', ({ otherMails }) => otherMails.join(' / ')],
    ['annuaire:card.phone', fact('phone')],
    ['annuaire:card.mobile', fact('mobile')],
    ['annuaire:card.fax', fact('fax')],
    ['annuaire:card.place', ({ place }) => place],
  ];
  const cell = (value: string): string => {
    const safe = /^\s*[=+\-@]/.test(value) ? `'${value}` : value;
    return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [
    columns.map(([heading]) => cell(t(heading))),
    ...entries.map((entry) => columns.map(([, of]) => cell(of(entry)))),
  ];
  return `\uFEFF${lines.map((line) => `${line.join(separator)}\r\n`).join('')}`;
}
