import ldap, { type Filter } from 'ldapjs';
import { type IndexedEntry, matchesFilter, normalizeDn } from './match';

const PAGED_RESULTS = '1.2.840.113556.1.4.319'; // RFC 2696

// Exported by ldapjs 3, missing in its published types.
const { PagedResultsControl: PagedResults } = ldap as unknown as {
  readonly PagedResultsControl: new (options: {
    value: { size: number; cookie: Buffer };
  }) => unknown;
};

interface PagedControl {
  readonly type: string;
  readonly value: { readonly size: number; readonly cookie: Buffer };
}

/** What ldapjs gives for a search: more than its published types tell. */
export interface SearchRequest {
  readonly dn: { toString(): string };
  readonly scope: string | number;
  readonly filter: Filter;
  readonly sizeLimit: number;
  readonly attributes: readonly string[];
  readonly controls: readonly PagedControl[];
  readonly connection: { readonly ldap: { readonly bindDN: { toString(): string } } };
}

export interface SearchResponse {
  /** Lower-case names that ldapjs keeps; with none it keeps all that it is given. */
  attributes: readonly string[];
  send(
    entry: { dn: string; attributes: Record<string, readonly (string | Buffer)[]> },
    isSelected: true,
  ): void;
  addControl(control: unknown): void;
  end(): void;
}

/** Sends what matches: scope, size limit (partial list, then code 4) and pages included. */
export function answerSearch(
  entries: readonly IndexedEntry[],
  request: SearchRequest,
  response: SearchResponse,
  next: (error?: unknown) => void,
): void {
  response.attributes = [];
  const base = normalizeDn(request.dn.toString());
  const inScope = scopeTest(base, request.scope);
  if (!entries.some(({ dn }) => dn === base)) {
    next(new ldap.NoSuchObjectError(base));
    return;
  }
  const found = entries.filter(
    (entry) => inScope(entry.dn) && matchesFilter(entry, request.filter),
  );
  const limit = request.sizeLimit > 0 ? request.sizeLimit : found.length;
  const page = request.controls.find((control) => control.type === PAGED_RESULTS);
  const from = page ? Number(page.value.cookie.toString() || 0) : 0;
  const to = Math.min(page ? from + page.value.size : found.length, limit);
  for (const { entry } of found.slice(from, to)) {
    response.send({ dn: entry.dn, attributes: selected(entry, request) }, true);
  }
  if (to >= limit && found.length > limit) {
    next(new ldap.SizeLimitExceededError());
    return;
  }
  if (page) {
    const cookie = to < found.length ? String(to) : '';
    response.addControl(
      new PagedResults({ value: { size: found.length, cookie: Buffer.from(cookie) } }),
    );
  }
  response.end();
  next();
}

/** What was asked for, in whatever case: ldapjs would look for `jpegPhoto` as `jpegphoto` alone. */
function selected(
  { attributes }: IndexedEntry['entry'],
  { attributes: asked }: SearchRequest,
): Record<string, readonly (string | Buffer)[]> {
  const names = new Set(asked.map((name) => name.toLowerCase()));
  const isAll = names.size === 0 || names.has('*');
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => isAll || names.has(name.toLowerCase())),
  );
}

function scopeTest(base: string, scope: string | number): (dn: string) => boolean {
  const below = base === '' ? '' : `,${base}`;
  switch (scope) {
    case 'base':
    case 0:
      return (dn) => dn === base;
    case 'one':
    case 'single':
    case 1:
      return (dn) => dn.endsWith(below) && !dn.slice(0, -below.length).includes(',');
    default:
      return (dn) => dn === base || dn.endsWith(below);
  }
}
