// Writing and sending: drafts with their files, the outbox that sends each message once, people
// lately written to. Not the mail itself (mail), nor SMTP (smtp), nor pages. Called by web, by
// plugins through their context, and at boot for what a stopped process left.
export { attachableBytes } from './attachments';
export { type ComposeService, createCompose } from './compose';
export type { ComposeDeps, RunTask } from './context';
export {
  type ComposeBody,
  composeHooks,
  type DraftSeed,
  type ImportedFile,
  type OutboxMessage,
  type OutgoingMessage,
  type Recipients,
  type SendingMessage,
} from './hooks';
export { composeMigrations } from './migrations';
export type { ComposeTemplate } from './templates';
export type {
  Compose,
  ComposeMode,
  CopyPlace,
  Draft,
  DraftAttachment,
  DraftFields,
  DraftInit,
  ExpandedList,
  Identity,
  LateCopy,
  OutboxState,
  PutOff,
  SaveResult,
  SendOutcome,
  SuggestedList,
  Suggestion,
  SuggestionPurpose,
  Upload,
} from './types';
