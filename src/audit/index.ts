// The audit log: who did what, where and when, as codes. Not logs of the program, nor anything
// that a message says.
// Called by the enabling folder, the web floor, the command line and, through contexts, plugins.
export { type Audit, type AuditDeps, createAudit } from './audit';
export { type NewAuditEntry, pluginEvent } from './entry';
export { type AuditDetails, type AuditEntry, auditHooks } from './hooks';
export { auditMigrations } from './migrations';
export type { AuditQuery } from './store';
