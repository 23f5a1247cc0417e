import type { SiteId } from '../base/types';

export interface DirectoryQuery {
  /** 20 unless told, 50 at most. */
  readonly limit?: number;
  /** People unless told. */
  readonly types?: readonly ('person' | 'group')[];
}

/**
 * A filter as data: values are literal, whatever they hold, and find nobody when nothing of them can
 * be seen. Attributes are names of the schema, none that holds a password or a key. `contains` with
 * several pieces wants them in this order. `all` of nothing is everything, `any` of nothing is nothing.
 */
export type DirectoryFilter =
  | { readonly all: readonly DirectoryFilter[] }
  | { readonly any: readonly DirectoryFilter[] }
  | { readonly not: DirectoryFilter }
  | { readonly attribute: string; readonly is: string }
  | { readonly attribute: string; readonly starts: string }
  | { readonly attribute: string; readonly contains: string | readonly string[] }
  | { readonly attribute: string; readonly present: true };

/** What is asked of a directory: 200 conditions at most, each of 256 characters. */
export interface DirectoryQuestion {
  /** Where to look, at or below the directory's own base, which it is unless told. */
  readonly base?: string;
  /** The entry itself, those right below it, or it and all below it, which is so unless told. */
  readonly scope?: 'base' | 'one' | 'sub';
  readonly where: DirectoryFilter;
  /** 50 unless told, 1,000 at most. */
  readonly limit?: number;
  /** All ordinary ones unless told; one that is named is given with 500 values, not 20. */
  readonly attributes?: readonly string[];
}

export interface DirectoryAnswer {
  readonly entries: readonly DirectoryRecord[];
  /** More were there than these. */
  readonly isCut: boolean;
}

/** A picture of an entry. */
export interface DirectoryPicture {
  /** By its bytes: `image/jpeg`, `image/png`, `image/webp`, `image/gif`. */
  readonly type: string;
  readonly content: Buffer;
}

/**
 * One entry of a directory, capped: 60 attributes of 20 values of 512 characters, 500 of those that a
 * question names.
 */
export interface DirectoryRecord {
  readonly dn: string;
  readonly type: 'person' | 'group';
  readonly name: string;
  readonly mails: readonly string[];
  /** By name in lower case; never a password, a key or a picture. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** One directory of a site. */
export interface DirectoryFacts {
  /** `sign-in`: the one that people sign in with; others as the site's file calls them. */
  readonly id: string;
  readonly title: string;
  /** Name of the branch below which everything is; `''` where a plugin provides it. */
  readonly base: string;
}

export interface DirectoryScope {
  readonly site: SiteId;
  /** The one that people sign in with, unless told. */
  readonly directory?: string;
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
  /** Entries that answer a question, as the directory orders them; a provider may leave it out. */
  find?(scope: DirectoryScope, question: DirectoryQuestion): Promise<DirectoryAnswer>;
  /** The picture of an entry; a provider may leave it out. */
  photo?(
    scope: DirectoryScope,
    dn: string,
    attribute?: string,
  ): Promise<DirectoryPicture | undefined>;
}

/** The id of the directory that people sign in with. */
export const SIGN_IN_DIRECTORY = 'sign-in';
