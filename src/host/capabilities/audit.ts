import { type Audit, pluginEvent } from '../../audit';
import { AppError } from '../../base/errors';
import type { PluginAuditEvent } from '../capability-types';
import { currentRemote } from '../current-remote';
import type { Gate } from './gate';
import { outward } from './outward';

/** Lines of the audit log, under the plugin's id: of somebody who is there, or of a site's job. */
export function pluginAudit(gate: Gate, audit: Pick<Audit, 'record'>) {
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
    const entry = {
      site: where,
      event: pluginEvent(gate.plugin, event),
      ...(actor && { actor: actor.user.login }),
      ...(target !== undefined && { target }),
      // The platform's own word: a plugin says nothing of where somebody is.
      ...(remote !== undefined && { remote }),
      ...(details && { details }),
    };
    await outward(() => audit.record(entry));
  };
}
