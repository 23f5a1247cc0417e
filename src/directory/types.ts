import type { SiteId } from '../base/types';

export interface DirectoryQuery {
  /** 20 unless told, 50 at most. */
  readonly limit?: number;
  /** People unless told. */
  readonly types?: readonly ('person' | 'group')[];
}

/** One entry of a directory, capped: 60 attributes of 20 values of 512 characters. */
export interface DirectoryRecord {
  readonly dn: string;
  readonly type: 'person' | 'group';
  readonly name: string;
  readonly mails: readonly string[];
  /** By name in lower case; never a password, a key or a picture. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

export interface DirectoryScope {
  readonly site: SiteId;
}

/** The directory of each site that has one. */
export interface DirectoryPort {
  /** Entries whose name, address or login has every word of the text. */
  search(
    scope: DirectoryScope,
    text: string,
    query?: DirectoryQuery,
  ): Promise<readonly DirectoryRecord[]>;
  /** Entries of addresses, by address in lower case; unknown ones are absent. */
  byMail(
    scope: DirectoryScope,
    mails: readonly string[],
  ): Promise<ReadonlyMap<string, DirectoryRecord>>;
  /** The entry of a name; `undefined` when there is none below the site's base. */
  entry(scope: DirectoryScope, dn: string): Promise<DirectoryRecord | undefined>;
}
