import type { HookKind } from './hook-types';

const NAME = /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/;

/** What is wrong with a hook's name for its kind (plugins.md 2.1), or `undefined`. */
export function hookNameProblem(name: string, kind: HookKind): string | undefined {
  if (!NAME.test(name)) return 'must be area:word in kebab-case';
  const isGuardName = name.endsWith('ing');
  if (kind === 'guard') return isGuardName ? undefined : 'a guard ends in -ing';
  if (isGuardName) return 'only a guard ends in -ing';
  if (kind === 'collect' && !name.endsWith('s')) return 'a collect is a plural noun';
  return undefined;
}
