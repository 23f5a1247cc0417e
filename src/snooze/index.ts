// Messages that are put away until a time, and come back unread. Not what is sent later (compose),
// nor calendars' reminders. Called by the web floor, and by a job for agents who are away.
export { snoozeMigrations } from './migrations';
export { createSnoozing, type Snoozed, type Snoozing, type SnoozingDeps } from './snoozing';
