import type { Entry } from './entry';
import type { Kind } from './profiles';

/** What was searched, as it stands in the address of every page that comes of it. */
export interface Searched {
  readonly q: string;
  readonly type: Kind | '';
}

const query = (fields: Readonly<Record<string, string>>): string => {
  const kept = Object.entries(fields).filter(([, value]) => value !== '');
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept).toString()}`;
};

export const searchHref = ({ q, type }: Searched): string => `/annuaire${query({ q, type })}`;
export const branchHref = (base: string): string => `/annuaire/tree${query({ base })}`;
export const entryHref = (dn: string, { q, type }: Searched = { q: '', type: '' }): string =>
  `/annuaire/entry${query({ dn, q, type: q === '' ? '' : type })}`;

/** One segment of a path, whatever a name holds. */
export const photoHref = (dn: string): string =>
  `/annuaire/photo/${Buffer.from(dn, 'utf8').toString('base64url')}`;

/** An entry as a file for other programs. */
export const vcardHref = (dn: string): string =>
  `/annuaire/vcard/${Buffer.from(dn, 'utf8').toString('base64url')}`;

/** The composer with an entry as its recipient; `''` for one without an address. */
export function composeHref({ name, mail }: Pick<Entry, 'name' | 'mail'>): string {
  if (mail === '') return '';
  const to = name === mail ? mail : `"${name.replace(/["\\]/g, '')}" <${mail}>`;
  return `/compose?to=${encodeURIComponent(to)}`;
}
