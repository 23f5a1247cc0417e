// New messages told to the devices of an agent: by pages that ask, and through the push services of
// browsers (RFC 8030) where no page is open. Not the mails of the platform (notify), nor what a page
// shows of a mailbox (web). Called by the web floor, and by a job.
export { type Announcement, announce, MAX_MAILBOXES, type Notice } from './announcing';
export { pushMigrations } from './migrations';
export { createPushing, type Pushing, type PushingDeps, type PushProblem } from './pushing';
export { isTold } from './told';
