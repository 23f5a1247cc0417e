/**
 * The mail domain: mailboxes, lists, messages and what can be done to them, with the IMAP server
 * as the only truth. No HTTP and no pages. Called by `compose` and by the web floor.
 */

export type { ReceiptRequest, RecipientReport } from '../mime';
export type { CacheSizes } from './caches';
export type { MailLimits, MailMetrics, RunTask } from './context';
export type { DeliveryReport } from './delivery-report';
export type {
  EverywhereQuery,
  FoundIn,
  SearchEverywhere,
  SearchedMailbox,
  SearchListener,
} from './everywhere/everywhere';
export { type LeaveReason, siteLinkClass, webHost } from './guard-links';
export {
  type Authentication,
  type ConnectionContext,
  type LinkClass,
  type MailboxChange,
  type MessageBatch,
  type MessageChange,
  type MessageWarning,
  mailHooks,
  type ServedPart,
  type TrustAnswer,
} from './hooks';
export {
  changeLabel,
  createLabel,
  isKeyword,
  LABEL_COLOURS,
  LABEL_NAME_MAX,
  LABELS_MAX,
  type Label,
  type LabelColour,
  type LabelProblem,
  labelsOf,
  readLabels,
  removeLabel,
} from './labels';
export { createMail, type MailDeps } from './mail';
export type { MailboxNameProblem } from './mailbox-names';
export { MAILBOX_NAME_MAX } from './mailbox-names';
export { MUTED_KEYWORD } from './muting';
export type { News, NewsPlace, NewsRow } from './news';
export { isOutside } from './outside';
export * from './query';
export {
  addSearch,
  changeSearch,
  moveSearch,
  readSearches,
  removeSearch,
  type SavedSearch,
  type SavedSearchProblem,
  SEARCH_NAME_MAX,
  SEARCHES_MAX,
} from './saved-searches';
export type { SenderCheck, SenderCheckDetail } from './sender-check';
export type { Transit, TransitHop } from './transit';
export type * from './types';
export { formatUids, parseUids } from './uids';
export { type WinmailFile, winmailParts } from './winmail';
