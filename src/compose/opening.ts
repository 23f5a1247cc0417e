import type { BroughtParts } from './copy-parts';
import type { DraftLinks, ServerCopy } from './rows';
import type { DraftFields } from './types';

/** What a mode makes of its original, before plugins and the sanitiser. */
export interface Opening {
  readonly fields: DraftFields;
  readonly links: DraftLinks;
  readonly serverCopy?: ServerCopy;
  readonly parts: BroughtParts;
}
