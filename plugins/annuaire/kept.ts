import type { PluginRequest } from 'estafette/plugin';
import type { Context } from './ask';

/** Whether the site keeps its directory from who asks from outside with a password alone. */
export const isKeptFrom = (
  { site, remote, hasFactor }: PluginRequest,
  context: Context,
  outside: string,
): boolean => outside === 'hide' && !hasFactor && context.networkSide(site, remote) === 'outside';
