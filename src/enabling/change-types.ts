import type { SiteId } from '../base/types';
import type { ConfigFiles } from './files';
import type { Model } from './model';

/** What an administrator wants to say; `undefined` takes back what was said. */
export interface ChangeRequest {
  /** A site, or `*`: the kill switch. */
  readonly site: string;
  readonly group?: string | undefined;
  readonly path: string;
  readonly value: unknown;
}

/** Number of a change that is not made yet. */
export const UNWRITTEN = 0;

/** A change that may be written. */
export interface CheckedChange extends ChangeRequest {
  readonly site: SiteId | '*';
}

export interface CheckDeps {
  readonly files: ConfigFiles;
  readonly model: Model;
  /** All layers as they would be. */
  readonly modelWith: (change: CheckedChange) => Model;
  readonly siteIds: readonly SiteId[];
}
