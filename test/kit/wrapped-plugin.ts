import type { PluginContext, PluginDefinition } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import type { HandlerFor, HookName, HookOf } from '../../src/kernel/hook-types';

export type AnyHandler = (...args: unknown[]) => unknown;

/** The same plugin under its own id, with something in front of each handler of a hook. */
export function withHandlers(
  found: FoundPlugin,
  wrap: (hook: string, own: AnyHandler) => AnyHandler,
): FoundPlugin {
  const { activate } = found.definition;
  if (!activate) return found;
  const definition: PluginDefinition = {
    ...found.definition,
    activate(context: PluginContext) {
      const on: PluginContext['hooks']['on'] = (name, handler, options) => {
        const wrapped = wrap(name, handler as AnyHandler) as HandlerFor<HookOf<HookName>>;
        context.hooks.on(name as HookName, wrapped, options);
      };
      return activate.call(found.definition, { ...context, hooks: { ...context.hooks, on } });
    },
  };
  return { ...found, definition };
}

/**
 * The same plugin for somebody who has just satisfied the steps of sign-in that it asks for: no test
 * that knows nothing of the plugin holds their code or key.
 */
export const withStepsDone = (found: FoundPlugin): FoundPlugin =>
  withHandlers(found, (hook, own) =>
    hook === 'session:challenges'
      ? async (...args) => {
          const asked = (await own(...args)) as readonly object[] | undefined;
          return asked?.map((step) => ({ ...step, satisfied: true }));
        }
      : own,
  );
