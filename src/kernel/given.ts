import { deepFreeze } from './freeze';
import type { HandlerScope, HookScope } from './hook-types';
import { plainCopy } from './plain-copy';

/** What one request hands to plugins, and takes from them. */
export interface Given {
  /** What handlers are told of the request: not its budget, which the registry writes to. */
  readonly scope: HandlerScope;
  /** Nobody writes to what a hook hands out: a handler changes a value by answering another. */
  readonly freeze: <T>(part: T) => T;
  /** What a plugin answered, as plain data; what it had been given is taken as it is. */
  readonly read: <T>(answer: T) => T;
}

/** What was handed out under a scope: the same for the same object. */
export type Givens = (scope: HookScope) => Given;

/**
 * Remembers for each scope what was handed out. The rows of a page pass a dozen hooks and slots:
 * they are walked once, not once for each.
 */
export function createGivens(): Givens {
  const givens = new WeakMap<HookScope, Given>();
  return (scope) => {
    const found = givens.get(scope);
    if (found) return found;
    const made = givenOf(scope);
    givens.set(scope, made);
    return made;
  };
}

function givenOf({ site, requestId, groups, as, presence }: HookScope): Given {
  // Weak: the scope of a stream lives for hours.
  const known = new WeakSet();
  const scope = deepFreeze({
    site,
    ...(requestId !== undefined && { requestId }),
    ...(groups && { groups }),
    ...(as && { as }),
    ...(presence && { presence }),
  });
  return {
    scope,
    freeze: (part) => deepFreeze(part, known),
    read: (answer) => plainCopy(answer, known),
  };
}
