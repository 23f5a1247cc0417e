/**
 * The IMAP floor: connections, commands and answers. It knows nothing of pages, actors or hooks,
 * and no connection leaves the callback it is lent to. Called by `mail` and `session`.
 */

export {
  type Copied,
  copyUids,
  createMailbox,
  expungeUids,
  moveUids,
  type SortProgram,
  searchUids,
  sortUids,
  storeFlags,
  textArgument,
  uidKey,
  uidsFrom,
} from './commands';
export { isServerAnswer, noAnswer, toImapError } from './errors';
export { deleteMailbox, readSizes, renameMailbox, setSubscribed } from './mailbox-commands';
export { type ListedMailbox, listMailboxes, personalNamespace } from './mailboxes';
export {
  fetchMessage,
  fetchMessages,
  fetchParts,
  fetchSlice,
  type Slice,
} from './parts';
export { pingImap } from './ping';
export { createImapPool, type ImapPoolDeps } from './pool';
export type { PoolLimits } from './pool-limits';
export type { Attribute } from './raw';
export { SILENCE_MS, whileHeard } from './silence';
export { ATTRIBUTE_OF, assignRoles, NEW_NAMES, type Role } from './special-use';
export { catchUp, knowUids, type MailboxState, readState } from './status';
export { type Threads, threadAlgorithm, threadUids } from './threads';
export { ADDRESSES_CUT } from './trim-fetch';
export type {
  FetchMessageObject,
  ImapAccess,
  ImapFlow,
  ImapPool,
  ImapServerAddress,
  MailboxEvent,
  MessageStructureObject,
  OpenMailbox,
  UseOptions,
} from './types';
export { chunks, formatSet, toUid } from './uid-set';
