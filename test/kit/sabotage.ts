import type { PluginContext, PluginDefinition } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import type { HandlerFor, HookName, HookOf } from '../../src/kernel/hook-types';
import { type Misbehaviour, misbehave } from './hostile-plugin';

/** A plugin whose handlers and slots do as they should, but for the one that is told to fail. */
export interface Sabotaged {
  readonly plugin: FoundPlugin;
  /** Hooks it handles and slots it fills, once it has started. */
  readonly points: readonly string[];
  /** `message:sent` or `slot:page.banner@1`; nothing misbehaves with `undefined`. */
  aim(point: string | undefined): void;
  /** How often something misbehaved. */
  readonly fired: number;
}

/** The same plugin under its own id, with a switch in front of everything that the platform calls. */
export function sabotage(found: FoundPlugin, how: Misbehaviour): Sabotaged {
  const state = { aimed: undefined as string | undefined, fired: 0 };
  const points = new Set<string>();
  const isHit = (point: string): boolean => {
    const hit = state.aimed === point;
    if (hit) state.fired += 1;
    return hit;
  };
  const { contributes, activate } = found.definition;
  const slots = (contributes?.slots ?? []).map((slot) => {
    const point = `slot:${slot.slot}`;
    points.add(point);
    return {
      ...slot,
      when: (facts: Parameters<NonNullable<typeof slot.when>>[0]) =>
        state.aimed === point || (slot.when?.(facts) ?? true),
      data: (...args: Parameters<NonNullable<typeof slot.data>>) =>
        isHit(point) ? (misbehave(how) as Record<string, unknown>) : (slot.data?.(...args) ?? {}),
    };
  });
  const definition: PluginDefinition = {
    ...found.definition,
    ...(contributes && { contributes: { ...contributes, slots } }),
    activate(context: PluginContext) {
      const on: PluginContext['hooks']['on'] = (name, handler, options) => {
        points.add(name);
        const own = handler as (...args: unknown[]) => unknown;
        const switched = (...args: unknown[]): unknown =>
          isHit(name) ? misbehave(how) : own(...args);
        context.hooks.on(name as HookName, switched as HandlerFor<HookOf<HookName>>, options);
      };
      return activate?.call(found.definition, { ...context, hooks: { ...context.hooks, on } });
    },
  };
  return {
    plugin: { ...found, definition },
    get points() {
      return [...points];
    },
    aim: (point) => {
      state.aimed = point;
    },
    get fired() {
      return state.fired;
    },
  };
}
