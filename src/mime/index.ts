// Mail formats: structures, addresses, charsets, HTML and text to show, messages to send.
// Not here: protocols, sessions, pages. Pure functions; hostile input is normal input.
// Called by imap, mail, compose and web; heavy work goes through `tasks` in the worker pool.
export { type Address, type AddressList, formatAddress, parseAddressList } from './address';
export { type DisplayAddress, displayAddress } from './address-display';
export { asciiDomain, isValidAddress } from './address-rules';
export {
  type AuthenticationResults,
  type MethodResult,
  parseAuthenticationResults,
} from './authentication-results';
export {
  type BodyChoice,
  listedInvitation,
  type PickedBodies,
  pickBodies,
} from './bodies';
export { type CardFactName, type CardFacts, contactFacts, eventFacts } from './card-facts';
export { decodeText } from './charset';
export { cleanLine } from './clean-text';
export { type BuildOptions, buildMessage, newMessageId } from './compose';
export { type ContentLine, contentLines } from './content-lines';
export {
  deliveryReport,
  type RecipientReport,
  type ReportReason,
  readReport,
} from './delivery-report';
export { encodeWords } from './encode-words';
export { decodeWords } from './encoded-words';
export { type FileKind, fileKind } from './file-kind';
export { cleanFilename, partFilename, type UnnamedWords } from './filename';
export { encodeFlowed, type TextLine, unflow } from './flowed';
export {
  firstHeader,
  type HeaderBlock,
  type HeaderField,
  headerValues,
  parseHeaders,
} from './headers';
export type { RemotePolicy } from './html-images';
export { linkify } from './linkify';
export { findMarks, type Mark, markedParts, markHtml } from './marks';
export type {
  BuiltMessage,
  Outgoing,
  OutgoingCalendar,
  OutgoingFile,
  OutgoingInline,
  OutgoingSource,
} from './outgoing';
export { type PlainText, plainFromHtml } from './plain-from-html';
export { filenameInHeader, partsWithLostNames, withFilenames } from './raw-names';
export {
  type Receipt,
  type ReceiptRequest,
  receiptRequest,
  writeReceipt,
} from './receipt';
export { type Hop, parseReceived } from './received';
export type { RenderedBody } from './rendered';
export {
  baseSubject,
  forwardSubject,
  messageIds,
  quoteHtml,
  quoteText,
  type ReplyHeaders,
  replyHeaders,
  replySubject,
  type ThreadHeaders,
} from './reply';
export { type SanitizeOptions, sanitizeMail } from './sanitize';
export {
  type SignedQuery,
  type SigningOptions,
  signTarget,
  type VerifyOptions,
  verifyTarget,
} from './signed-url';
export { type BodyPart, type BodyTree, buildStructure, displayName } from './structure';
export { type ComposedTask, type EncodedPart, type MimeTasks, tasks } from './tasks';
export { type TextOptions, textToHtml } from './text';
export { isTnefType, readTnef, type TnefFile } from './tnef';
export { type ChunkDecoder, decodeTransfer, transferDecoder, transferStream } from './transfer';
