import { existsSync } from 'node:fs';
import type { NewAuditEntry } from '../audit';
import { operatorLogin } from '../base/operator';
import type { AppConfig } from '../sites';
import type { Io } from './command';
import type { Deps } from './deps';

/**
 * Writes down what the operator did to the installation, for every site. It is done already: a log
 * that cannot be written is told, and undoes nothing.
 */
export async function noteInLog(
  { io, deps, config }: { readonly io: Io; readonly deps: Deps; readonly config: AppConfig },
  entry: Pick<NewAuditEntry, 'event' | 'target' | 'details'>,
): Promise<void> {
  // Nothing was ever served from here: the first start makes the log.
  if (!existsSync(config.database.filename)) return;
  try {
    const { audit, close } = await deps.openAudit(config);
    try {
      await audit.record({ site: '*', actor: operatorLogin(), ...entry });
    } finally {
      await close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    io.err(`Not written in the audit log (${entry.event}): ${reason}`);
  }
}
