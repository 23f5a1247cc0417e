import type { PluginDefinition } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import { type Misbehaviour, misbehave } from './hostile-plugin';
import { withHandlers } from './wrapped-plugin';

/** A plugin whose handlers and slots do as they should, but for the one that is told to fail. */
export interface Sabotaged {
  readonly plugin: FoundPlugin;
  /** Hooks it handles and slots it fills, once it has started. */
  readonly points: readonly string[];
  /** `message:sent` or `slot:page.banner@1`; nothing misbehaves with `undefined`. */
  aim(point: string | undefined): void;
  /** How often something misbehaved. */
  readonly fired: number;
  /** What was called, for each site that something was called for. */
  readonly calls: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The same plugin under its own id, with a switch in front of everything that the platform calls. */
export function sabotage(found: FoundPlugin, how: Misbehaviour): Sabotaged {
  const state = { aimed: undefined as string | undefined, fired: 0 };
  const points = new Set<string>();
  const calls = new Map<string, Set<string>>();
  /** Notes the call; whether it is to fail. */
  const isHit = (point: string, at: unknown): boolean => {
    const site = siteOf(at);
    calls.set(site, (calls.get(site) ?? new Set()).add(point));
    const hit = state.aimed === point;
    if (hit) state.fired += 1;
    return hit;
  };
  const { contributes } = found.definition;
  const slots = (contributes?.slots ?? []).map((slot) => {
    const point = `slot:${slot.slot}`;
    points.add(point);
    return {
      ...slot,
      when: (facts: Parameters<NonNullable<typeof slot.when>>[0]) =>
        state.aimed === point || (slot.when?.(facts) ?? true),
      data: (...args: Parameters<NonNullable<typeof slot.data>>) =>
        isHit(point, args[0].site.id)
          ? (misbehave(how) as Record<string, unknown>)
          : slot.data === undefined
            ? {}
            : slot.data(...args),
    };
  });
  const definition: PluginDefinition = {
    ...found.definition,
    ...(contributes && { contributes: { ...contributes, slots } }),
  };
  const plugin = withHandlers({ ...found, definition }, (hook, own) => {
    points.add(hook);
    return (...args) => (isHit(hook, args.at(-1)) ? misbehave(how) : own(...args));
  });
  return {
    plugin,
    calls,
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

/** Of a scope, or of a slot's facts. */
const siteOf = (at: unknown): string =>
  String(typeof at === 'object' && at !== null ? Reflect.get(at, 'site') : at);
