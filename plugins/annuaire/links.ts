import type { Entry } from './entry';
import type { Kind } from './profiles';

/** What was searched, as it stands in the address of every page that comes of it. */
export interface Searched {
  readonly q: string;
  readonly type: Kind | '';
  /** The directory that was searched; all of them without it. */
  readonly in?: string | undefined;
  /** The page of the list that is shown, from 1; that of the entry which is shown unless told. */
  readonly page?: number | undefined;
}

const pageOf = ({ page = 1 }: Pick<Searched, 'page'>): string => (page > 1 ? String(page) : '');

const query = (fields: Readonly<Record<string, string | undefined>>): string => {
  const kept = Object.entries(fields).flatMap(([name, value]): [string, string][] =>
    value ? [[name, value]] : [],
  );
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept).toString()}`;
};

/** One segment of a path, whatever a name holds. */
const segment = (dn: string): string => Buffer.from(dn, 'utf8').toString('base64url');

// `of` is the directory that something stands in, `''` for that of sign-in.

export const searchHref = ({ q, type, in: where, page }: Searched): string =>
  `/annuaire${query({ q, type, in: where, page: pageOf({ page }) })}`;
export const branchHref = (base: string, of = '', page?: number): string =>
  `/annuaire/tree${query({ base, of, page: pageOf({ page }) })}`;
export const entryHref = (
  dn: string,
  { q, type, in: where, page }: Searched = { q: '', type: '' },
  of = '',
): string => {
  const searched = q !== '' && { type, in: where, page: pageOf({ page }) };
  return `/annuaire/entry${query({ dn, of, q, ...searched })}`;
};
export const photoHref = (dn: string, of = ''): string =>
  `/annuaire/photo/${segment(dn)}${query({ of })}`;

/** An entry as a file for other programs. */
export const vcardHref = (dn: string, of = ''): string =>
  `/annuaire/vcard/${segment(dn)}${query({ of })}`;

/** The composer with an entry as its recipient; `''` for one without an address. */
export function composeHref({ name, mail }: Pick<Entry, 'name' | 'mail'>): string {
  if (mail === '') return '';
  const to = name === mail ? mail : `"${name.replace(/["\\]/g, '')}" <${mail}>`;
  return `/compose?to=${encodeURIComponent(to)}`;
}
