import type { FetchMessageObject } from '../imap';
import type { BodyTree, HeaderBlock } from '../mime';
import type { RowContent } from './rows';

type Envelope = NonNullable<FetchMessageObject['envelope']>;

/** What a message's pages need and what never changes: fetched once. */
export interface OpenedMessage {
  readonly content: RowContent;
  readonly envelope: Envelope;
  readonly internalDate: Date | string | undefined;
  readonly tree: BodyTree;
  readonly headers: HeaderBlock;
}
