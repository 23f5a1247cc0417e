import type { PluginDefinition } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import { type Misbehaviour, misbehave } from './hostile-plugin';
import { withHandlers } from './wrapped-plugin';

interface Aim {
  readonly point: string;
  readonly how: Misbehaviour;
}

/** A plugin whose handlers and slots do as they should, but for the one that is told to fail. */
export interface Sabotaged {
  readonly plugin: FoundPlugin;
  /** Hooks it handles and slots it fills, once it has started. */
  readonly points: readonly string[];
  /** At `message:sent` or `slot:page.banner@1`; nothing misbehaves without one. */
  aim(at?: Aim): void;
  /** How often something misbehaved. */
  readonly fired: number;
  /** What was called, for each site that something was called for. */
  readonly calls: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The same plugin under its own id, with a switch in front of everything that the platform calls. */
export function sabotage(found: FoundPlugin): Sabotaged {
  let aimed: Aim | undefined;
  let fired = 0;
  const points = new Set<string>();
  const calls = new Map<string, Set<string>>();
  /** Notes the call; does what it should, or what it is told to. */
  const call = (point: string, at: unknown, own: () => unknown): unknown => {
    const site = siteOf(at);
    calls.set(site, (calls.get(site) ?? new Set()).add(point));
    if (aimed?.point !== point) return own();
    fired += 1;
    return misbehave(aimed.how);
  };
  const { contributes } = found.definition;
  const slots = (contributes?.slots ?? []).map((slot) => {
    const point = `slot:${slot.slot}`;
    points.add(point);
    return {
      ...slot,
      when: (facts: Parameters<NonNullable<typeof slot.when>>[0]) =>
        aimed?.point === point || (slot.when?.(facts) ?? true),
      data: (...args: Parameters<NonNullable<typeof slot.data>>) =>
        call(point, args[0].site.id, () => slot.data?.(...args) ?? {}) as Record<string, unknown>,
    };
  });
  const definition: PluginDefinition = {
    ...found.definition,
    ...(contributes && { contributes: { ...contributes, slots } }),
  };
  const plugin = withHandlers({ ...found, definition }, (hook, own) => {
    points.add(hook);
    return (...args) => call(hook, args.at(-1), () => own(...args));
  });
  return {
    plugin,
    calls,
    get points() {
      return [...points];
    },
    aim(at) {
      aimed = at;
    },
    get fired() {
      return fired;
    },
  };
}

/** Of a scope, or of a slot's facts. */
const siteOf = (at: unknown): string =>
  String(typeof at === 'object' && at !== null ? Reflect.get(at, 'site') : at);
