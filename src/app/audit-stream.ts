import { type AuditStream, createAuditStream, createSink, sinkName } from '../audit';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { Database } from '../kernel/db-types';
import type { AppConfig } from '../sites';

/** The stream of the audit log, where the configuration names a place. */
export function createAppAuditStream({
  config,
  ...deps
}: {
  readonly config: Pick<AppConfig, 'audit'>;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly holder: string;
}): AuditStream | undefined {
  const { stream } = config.audit;
  return stream && createAuditStream({ ...deps, sink: createSink(stream), name: sinkName(stream) });
}
