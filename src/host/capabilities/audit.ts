import { type Audit, checkEntry, pluginEvent } from '../../audit';
import { AppError } from '../../base/errors';
import type { Log } from '../../base/log';
import type { PluginAuditEvent } from '../capability-types';
import { currentHalfway, currentRemote } from '../current-remote';
import type { Gate } from './gate';

/**
 * Lines of the audit log, under the plugin's id: of somebody who is there, or of a site's job. A line
 * that the plugin makes wrong is refused. One that cannot be written lets nobody in and keeps nobody
 * out, as those of the core: the log of the program says it, and the plugin goes on.
 */
export function pluginAudit(gate: Gate, audit: Pick<Audit, 'record'>, log: Log) {
  return async ({ event, as, site, target, details }: PluginAuditEvent): Promise<void> => {
    gate.need('audit');
    const actor = as && (await gate.person(as));
    const where = actor?.site.id ?? site;
    if (where === undefined) {
      throw new AppError('internal/unexpected', {
        details: { plugin: gate.plugin, problem: 'an audit event names a person or a site' },
      });
    }
    const remote = currentRemote();
    // Who answers a challenge has no session to act by, and is known all the same.
    const login = actor?.user.login ?? currentHalfway();
    const entry = checkEntry({
      site: where,
      event: pluginEvent(gate.plugin, event),
      ...(login !== undefined && { actor: login }),
      ...(target !== undefined && { target }),
      // The platform's own word: a plugin says nothing of where somebody is.
      ...(remote !== undefined && { remote }),
      ...(details && { details }),
    });
    try {
      await audit.record(entry);
    } catch (err) {
      log.error({ err, site: where, event: entry.event }, 'audit/not-written');
    }
  };
}
