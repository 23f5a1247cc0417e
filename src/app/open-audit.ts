import { type Audit, type AuditDeps, createAudit, createAuditKeys } from '../audit';
import { systemClock } from '../base/clock';
import { AppError } from '../base/errors';
import { createLog } from '../base/log';
import { openStorage } from '../kernel/storage';
import type { AppConfig } from '../sites';

/** The audit log of an installation, under its keys. */
export const createAppAudit = (
  config: Pick<AppConfig, 'sites' | 'secretKey' | 'oldSecretKeys' | 'audit'>,
  deps: Pick<AuditDeps, 'db' | 'clock' | 'log' | 'hooks'>,
): Audit =>
  createAudit({
    ...deps,
    sites: config.sites.map(({ id }) => id),
    keys: createAuditKeys([config.secretKey, ...config.oldSecretKeys]),
    headFile: config.audit.headFile,
  });

/** The audit log for the command line: nothing else is started, and no plugin is told. */
export async function openAudit(
  config: AppConfig,
): Promise<{ readonly audit: Audit; close(): Promise<void> }> {
  const log = createLog(config.log);
  const db = await openStorage(config, log);
  try {
    if (!(await db.knex.schema.hasTable('audit_anchors'))) {
      const reason = 'the database is not up to date: run "estafette migrate"';
      throw new AppError('config/invalid', { details: { reason } });
    }
  } catch (error) {
    await db.close();
    throw error;
  }
  const hooks = { action: async () => {} };
  const audit = createAppAudit(config, { db, clock: systemClock, log, hooks });
  return {
    audit,
    async close() {
      await audit.close();
      await db.close();
    },
  };
}
