import path from 'node:path';
import type {
  PluginContext,
  PluginDefinition,
  PluginRouter,
  SlotFacts,
  SlotName,
} from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';
import { CORE_HOOKS } from '../../src/host/hook-tables';
import type { HandlerFor, HookName, HookOf } from '../../src/kernel/hook-types';
import { SLOTS } from '../../src/view';

declare global {
  namespace Estafette {
    interface PermissionMap {
      'recorder.use': true;
    }
  }
}

/** What a plugin that handles everything was told. */
export interface Recording {
  readonly plugin: FoundPlugin;
  /** First payload of each hook, without its scope. */
  readonly seen: ReadonlyMap<string, readonly unknown[]>;
  readonly slots: ReadonlyMap<SlotName, SlotFacts>;
  /** What it was given and could have written to, by hook or slot and path. */
  readonly writable: ReadonlySet<string>;
  /** Answers in place of saying nothing. */
  readonly answers: Map<string, (...payload: unknown[]) => unknown>;
}

export const RECORDER = 'recorder';

/**
 * A plugin that handles every hook and fills every slot, and changes nothing unless told. Shown, it
 * puts a link with the slot's name in each place; broken, it fails to.
 */
export function recordingPlugin({
  isShown = false,
  isBroken = (): boolean => false,
} = {}): Recording {
  const seen = new Map<string, readonly unknown[]>();
  const slots = new Map<SlotName, SlotFacts>();
  const writable = new Set<string>();
  const answers: Recording['answers'] = new Map();
  const definition: PluginDefinition = {
    id: RECORDER,
    api: '^1.0',
    title: 'recorder:title',
    needs: [],
    contributes: {
      permissions: { 'recorder.use': 'recorder:title' },
      routes: async () => ({
        routes(router: PluginRouter) {
          router.get('/use', async () => ({ json: {} }), { permission: 'recorder.use' });
          router.get('/fail', async () => {
            throw new Error('on purpose');
          });
        },
      }),
      slots: (Object.keys(SLOTS) as SlotName[]).map((slot) => ({
        slot,
        id: slot.replaceAll(/[^a-z]/g, ''),
        view: isShown ? 'place' : 'nothing',
        data(facts: SlotFacts) {
          if (isBroken()) throw new Error('on purpose');
          if (!slots.has(slot)) slots.set(slot, facts);
          noteWritable([facts], slot, writable);
          return isShown ? modelFor(slot, facts) : {};
        },
      })),
    },
    activate(context: PluginContext) {
      for (const name of Object.keys(CORE_HOOKS)) {
        const handler = (...args: unknown[]): unknown => {
          const payload = args.slice(0, -1);
          if (!seen.has(name)) seen.set(name, payload);
          noteWritable(args, name, writable);
          return answers.get(name)?.(...payload);
        };
        context.hooks.on(name as HookName, handler as HandlerFor<HookOf<HookName>>);
      }
    },
  };
  const plugin: FoundPlugin = {
    id: RECORDER,
    version: '0.0.0',
    dir: path.join(__dirname, 'recorder'),
    definition,
    migrations: [],
    locales: { fr: {}, en: {} },
  };
  return { plugin, seen, slots, writable, answers };
}

/** The same link everywhere; one for each row or address where the slot is answered so. */
function modelFor(
  slot: SlotName,
  { rows = [], addresses = [] }: SlotFacts,
): Record<string, unknown> {
  const model = { label: slot.replace('@1', '') };
  const keys = { uid: rows.map(({ uid }) => String(uid)), address: addresses.map((a) => a.mail) };
  const { by } = SLOTS[slot];
  return by ? Object.fromEntries(keys[by].map((key) => [key, model])) : model;
}

/** Plain data that is not frozen; buffers, dates and streams have a life of their own. */
function noteWritable(value: unknown, at: string, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (!isPlainData(value)) return;
  for (const [name, member] of Object.entries(value)) {
    const isOpen = typeof member === 'object' && member !== null && !Object.isFrozen(member);
    if (isOpen && isPlainData(member)) found.add(`${at}.${name}`);
    noteWritable(member, `${at}.${name}`, found);
  }
}

const isPlainData = (value: object): boolean =>
  Array.isArray(value) || [null, Object.prototype].includes(Object.getPrototypeOf(value));
