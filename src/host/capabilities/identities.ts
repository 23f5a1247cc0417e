import type { Compose } from '../../compose';
import type { PluginContext } from '../context-types';
import type { Gate } from './gate';
import { outward } from './outward';

/** From which addresses the person who is there may write; their own first. */
export function pluginIdentities(gate: Gate, compose: Compose): PluginContext['identities'] {
  return async (as) => {
    gate.need('mail.send');
    const actor = await gate.person(as);
    const own = new Set([actor.user.mail, ...actor.user.aliases].map((mail) => mail.toLowerCase()));
    const identities = await outward(() => compose.identities(actor));
    return identities.map(({ name, mail }) => ({
      name,
      mail,
      isOwn: own.has(mail.toLowerCase()),
    }));
  };
}
