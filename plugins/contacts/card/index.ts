export { CardError, type CardFault } from './errors';
export { createLineCutter } from './line-cutter';
export { readCard } from './read';
export { type CardChunk, type CardSplitter, createCardSplitter } from './split';
export { isSeen, unturned } from './text';
export {
  type CardVersion,
  type Contact,
  EMPTY_CONTACT,
  type Photo,
  type PostalAddress,
  type Typed,
} from './types';
export { asVersion, versionOf } from './version';
export { writeCard } from './write';
