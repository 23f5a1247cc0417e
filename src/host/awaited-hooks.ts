import { didYouMean } from '../kernel/config-shape';

/** Hooks of the design whose occasion does not exist: declared by whoever makes it. */
export const AWAITED_HOOKS: Readonly<Record<string, string>> = {
  'account:entries': 'accounts beside one’s own: URLs, pools and caches know `me` alone',
  'identity:changing': 'identities that a person may edit, and `identity:changed` with it',
  'notification:draft': 'a notification centre',
};

/** Why a plugin cannot handle a hook of that name, `undefined` when it can. */
export function hookProblem(
  name: string,
  definitions: ReadonlyMap<string, unknown>,
): string | undefined {
  if (definitions.has(name)) return undefined;
  if (Object.hasOwn(AWAITED_HOOKS, name)) {
    return `hook "${name}" is not emitted yet: it waits for ${AWAITED_HOOKS[name]}`;
  }
  return `no hook "${name}"${didYouMean(name, definitions.keys())}`;
}
