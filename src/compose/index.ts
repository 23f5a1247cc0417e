// Writing and sending: drafts with their files, the outbox that sends each message once, people
// lately written to. Not the mail itself (mail), nor SMTP (smtp), nor pages. Called by web, by
// plugins through their context, and at boot for what a stopped process left.
export { attachableBytes } from './attachments';
export { signatureHtml, signatureText } from './bodies';
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
export { findIdentity } from './identities';
export { composeMigrations } from './migrations';
export {
  IDENTITY_LIMITS,
  type IdentityFields,
  type IdentityProblem,
  type OwnTexts,
  type StoredIdentity,
  type StoredTemplate,
  TEMPLATE_LIMITS,
  type TemplateFields,
  type TemplateProblem,
} from './own';
export { withSignature } from './own/signature-swap';
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
  OwnIdentity,
  PutOff,
  SaveResult,
  SendOutcome,
  SuggestedList,
  Suggestion,
  SuggestionPurpose,
  Upload,
} from './types';
