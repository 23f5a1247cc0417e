import type { SiteId } from '../base/types';
import type { Enabling } from '../enabling';
import type { EnabledSet, HookEmitter, HookScope } from '../kernel/hook-types';
import type { ChallengesQuery } from '../session';

/** What is kept of somebody may be in any plugin of the site, whoever has it today. */
const OF_ALL_REACHED: ReadonlySet<string> = new Set([
  'account:secured',
  'device:renewed',
  'user:erased',
  'user:records',
]);

/**
 * An emitter that asks the plugins of the person in question, where the site's own are too few: one
 * that is on for a group alone asks its second factor at sign-in, when nobody has a session yet, and
 * erases what it keeps. Nobody's own choice turns an authority off: it counts from the session on.
 */
export function ofPerson<H extends HookEmitter>(
  hooks: H,
  enabling: () => Pick<Enabling, 'enabledFor' | 'reach'>,
): H {
  const reached = (site: SiteId): EnabledSet => {
    const ids = enabling().reach(site);
    return { key: [...ids].sort().join(' '), has: (plugin) => ids.has(plugin) };
  };
  function scopeOf(scope: HookScope, name: string, told: unknown): HookScope {
    if (OF_ALL_REACHED.has(name)) return { ...scope, plugins: reached(scope.site) };
    if (name !== 'session:challenges') return scope;
    const { site, user } = told as ChallengesQuery; // by the name of its hook
    return { ...scope, plugins: enabling().enabledFor({ site, groups: user.groups }) };
  }
  const action: HookEmitter['action'] = (scope, name, event) =>
    hooks.action(scopeOf(scope, name, event), name, event);
  const collect: HookEmitter['collect'] = (scope, name, query, ...rest) =>
    hooks.collect(scopeOf(scope, name, query), name, query, ...rest);
  return { ...hooks, action, collect };
}
