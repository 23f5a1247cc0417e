// The audit log: who did what, where and when, as codes, in chains that show what was changed
// afterwards. Not logs of the program, nor anything that a message says.
// Called by the enabling folder, the web floor, the command line and, through contexts, plugins.
export { type Audit, type AuditDeps, createAudit } from './audit';
export type { ChainFault } from './chain';
export { checkEntry, type NewAuditEntry, pluginEvent } from './entry';
export { type LostLines, type ReadHeads, readHeads } from './head';
export { type AuditDetails, type AuditEntry, type AuditNews, auditHooks } from './hooks';
export { type AuditKeys, createAuditKeys } from './keys';
export type { Head } from './known';
export { auditMigrations } from './migrations';
export { createSink, type Sink, sinkName } from './sinks';
export type { AuditQuery, SealedEntry } from './store';
export { type AuditStream, type AuditStreamDeps, createAuditStream } from './stream';
export { type Verification, type VerifyOptions, verifyAudit } from './verify';
