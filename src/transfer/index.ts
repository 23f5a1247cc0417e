// Mail of files brought into mailboxes, by a job that goes on where it was. Files of mailboxes are
// made by the mail domain. Called by the web floor, and by a job for agents who are away.
export { createImports, type Import, type ImportDeps, type Imports } from './imports';
export { transferMigrations } from './migrations';
