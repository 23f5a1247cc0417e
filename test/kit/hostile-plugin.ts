import path from 'node:path';
import type { PluginContext, PluginDefinition, SlotName } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import type { HandlerFor, HookName, HookOf } from '../../src/kernel/hook-types';

export type Misbehaviour = 'throw' | 'reject' | 'hang' | 'rubbish';

/** Values that no hook and no slot expects; `null` is left to the others: a guard takes it for consent. */
const RUBBISH: readonly unknown[] = [
  42,
  'rubbish',
  [],
  [null],
  { deny: 'maybe' },
  () => 1,
  Symbol('x'),
  new Date(Number.NaN),
];
let next = 0;

/** Does it, or returns it. */
export function misbehave(how: Misbehaviour): unknown {
  switch (how) {
    case 'throw':
      throw new Error('hostile');
    case 'reject':
      return Promise.reject(new Error('hostile'));
    case 'hang':
      return new Promise(() => undefined);
    case 'rubbish':
      next += 1;
      return RUBBISH[next % RUBBISH.length];
    default:
      return how satisfies never;
  }
}

/**
 * A plugin that does the same wrong thing in every hook and every slot that exists; with `times`,
 * only so often in each place, after which it behaves and nothing comes to put it out of service.
 */
export function hostilePlugin(
  how: Misbehaviour,
  where: { readonly hooks: readonly string[]; readonly slots: readonly SlotName[] },
  times = Number.POSITIVE_INFINITY,
): FoundPlugin {
  const id = `hostile-${how}`;
  const done = new Map<string, number>();
  const act = (place: string, otherwise: unknown): unknown => {
    const count = (done.get(place) ?? 0) + 1;
    done.set(place, count);
    return count > times ? otherwise : misbehave(how);
  };
  const definition: PluginDefinition = {
    id,
    api: '^1.0',
    title: `${id}:title`,
    contributes: {
      slots: where.slots.map((slot) => ({
        slot,
        id: `${id}-${slot}`,
        view: 'nothing',
        // A wrong value is what this plugin is for.
        data: () => act(slot, {}) as Record<string, unknown>,
      })),
    },
    activate(context: PluginContext) {
      for (const name of where.hooks) {
        const handler = () => act(name, undefined);
        context.hooks.on(name as HookName, handler as HandlerFor<HookOf<HookName>>);
      }
    },
  };
  return {
    id,
    version: '0.0.0',
    dir: path.join(__dirname, 'hostile'),
    definition,
    migrations: [],
    locales: { fr: {}, en: {} },
  };
}
