import { AppError } from '../../base/errors';
import type { HookEmitter, HookRegistry, HookScope } from '../../kernel/hook-types';
import type { Gate } from './gate';

/**
 * Emits the plugin's own hooks, and those of the core that are for plugins to emit. With the handle of a person (a handler's scope has it) handlers are
 * those of the plugins that run for them; else those of the site.
 */
export function pluginEmitter(gate: Gate, hooks: HookRegistry): HookEmitter {
  const own = (name: string): void => {
    const definition = hooks.definitions().get(name);
    if (definition?.owner === gate.plugin || definition?.byPlugins) return;
    throw new AppError('request/forbidden', {
      details: { plugin: gate.plugin, hook: name, problem: 'not a hook of contributes.hooks' },
    });
  };
  const scopeOf = async ({ site, requestId, groups, as }: HookScope): Promise<HookScope> => {
    if (as) return (await gate.person(as)).scope;
    // What a plugin adds beside these (a budget, a set of plugins) is not its to say.
    return { site, ...(requestId !== undefined && { requestId }), ...(groups && { groups }) };
  };
  return {
    async filter(scope, name, value, context) {
      own(name);
      return hooks.filter(await scopeOf(scope), name, value, context);
    },
    async action(scope, name, event) {
      own(name);
      await hooks.action(await scopeOf(scope), name, event);
    },
    async first(scope, name, query) {
      own(name);
      return hooks.first(await scopeOf(scope), name, query);
    },
    async collect(scope, name, query) {
      own(name);
      return hooks.collect(await scopeOf(scope), name, query);
    },
    async guard(scope, name, query, options) {
      own(name);
      return hooks.guard(await scopeOf(scope), name, query, options);
    },
  };
}
