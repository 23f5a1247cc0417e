// Mails of the platform to people, and what their next pages tell them of their account.
// Not mail that people write (compose), nor what plugins show on pages (view).
// Called by the composition, the web floor and, through contexts, plugins.
export type { SecurityAlert } from './alert-store';
export { type Alerts, createAlerts } from './alerts';
export { notifyMigrations } from './migrations';
export {
  createNotifier,
  type NoticeText,
  type Notifier,
  type NotifierDeps,
  PERSON_A_DAY,
  SUPPORT_A_DAY,
} from './notifier';
export { createPosts, type NewPost, type PostAnswer, type Posts } from './posts';
export { cannotSend } from './send-mail';
