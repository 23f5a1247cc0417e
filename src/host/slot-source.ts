import { type Clock, systemClock } from '../base/clock';
import { escapeHtml, safeHtml } from '../base/html';
import type { SafeHtml } from '../base/types';
import { createCache } from '../kernel/cache';
import { isPlain } from '../kernel/config-layer';
import type { HookScope } from '../kernel/hook-types';
import type { Hooks } from '../kernel/hooks';
import type { Texts } from '../kernel/i18n-types';
import { isThenable } from '../kernel/isolate';
import {
  SLOTS,
  type SlotFacts,
  type SlotItem,
  type SlotName,
  type SlotSource,
  type ViewContext,
} from '../view';
import type { SlotContribution } from './define';
import type { RunningPlugin } from './start-plugin';

const SLOT_TIMEOUT_MS = 250;
const SLOT_TIMEOUT_MAX_MS = 1_000; // a page waits for all of its slots

export interface SlotSourceDeps {
  readonly running: (where: Pick<HookScope, 'site' | 'plugins'>) => readonly RunningPlugin[];
  readonly hooks: Pick<Hooks, 'isolator' | 'givens'>;
  readonly texts: Texts;
  /** Tells how long what `cacheS` keeps is kept. */
  readonly clock?: Clock;
}

/** Of widgets kept for a person: a thousand people, three each. */
const MAX_KEPT = 3_000;
/** A page has fifty rows, or a few hundred addresses. */
const MAX_KEYS = 500;

interface Entry {
  readonly plugin: RunningPlugin;
  readonly slot: SlotContribution;
}

interface Filled extends SlotItem {
  /** What is shown is that it could not be. */
  readonly hasFailed?: true;
}

/** Slots filled by plugins: in parallel, each within its time, a failure never spreads. */
export function createSlotSource({
  running,
  hooks: { isolator, givens },
  texts,
  clock = systemClock,
}: SlotSourceDeps): SlotSource {
  const kept = createCache<{ readonly html: string; readonly until: number }>({
    clock,
    max: MAX_KEPT,
  });

  /** Whose item it is and how it looks; `undefined` where it may not be kept. */
  function keyOf({ plugin, slot }: Entry, context: ViewContext, facts: SlotFacts) {
    if (!slot.cacheS || !SLOTS[slot.slot].isPersonal || !facts.user) return undefined;
    const item = `${plugin.id} ${slot.slot} ${slot.id ?? slot.view}`;
    const { network = '', hasFactor = false } = facts.presence ?? {};
    const from = `${network} ${hasFactor}`;
    return `${item} ${context.site} ${facts.user.id} ${context.locale} ${context.skin} ${from}`;
  }

  /** A breaker that is open asked nothing: whether the item would be there is for its facts to say. */
  function wouldShow({ plugin, slot }: Entry, { site }: ViewContext, facts: SlotFacts): boolean {
    const { when } = slot;
    if (!when) return true;
    const call = { plugin: plugin.id, hook: `slot-when:${slot.slot}`, timeoutMs: 1, site };
    const outcome = isolator.isolated(call, () => when(facts) === true);
    return !(outcome instanceof Promise) && outcome.ok && outcome.value;
  }

  function sorry({ definition }: RunningPlugin, context: ViewContext): SafeHtml {
    const t = texts.for(context.locale, context.skin);
    const text = t('app.slotUnavailable', { name: t(definition.title) });
    return safeHtml(`<p class="slot-failed" role="status">${escapeHtml(text)}</p>`);
  }

  const byOrder = (a: Entry, b: Entry): number => (a.slot.order ?? 0) - (b.slot.order ?? 0);

  return {
    async collect(context, names, facts, renderItem) {
      const wanted = new Set(names);
      const entries = running(context.scope)
        .flatMap((plugin) =>
          (plugin.definition.contributes?.slots ?? []).map((slot): Entry => ({ plugin, slot })),
        )
        .filter(({ slot }) => wanted.has(slot.slot) && hasKeys(slot.slot, facts))
        .sort(byOrder);
      if (entries.length === 0) return new Map();
      // One object for all of them: none may change what the next is told.
      const given = givens(context.scope);
      given.freeze(facts);

      const fill = async ({ plugin, slot }: Entry): Promise<Filled | undefined> => {
        const id = slot.id ?? slot.view;
        const key = keyOf({ plugin, slot }, context, facts);
        const known = key === undefined ? undefined : kept.get(key);
        if (known && known.until > clock.now()) {
          return { plugin: plugin.id, id, html: safeHtml(known.html) };
        }
        const outcome = await isolator.isolated(
          {
            plugin: plugin.id,
            hook: `slot:${slot.slot}`,
            timeoutMs: Math.min(slot.timeoutMs ?? SLOT_TIMEOUT_MS, SLOT_TIMEOUT_MAX_MS),
            site: context.site,
            requestId: context.scope.requestId,
          },
          () => {
            if (slot.when && !slot.when(facts)) return undefined;
            const show = (model: unknown) => {
              if (model === undefined) return undefined;
              if (!isPlain(model)) throw new Error(`${slot.slot}: data: expected a plain object`);
              const copied = given.read(model);
              const render = (one: unknown) => renderItem(`${plugin.id}/${slot.view}`, one);
              return SLOTS[slot.slot].by ? renderEach(slot.slot, copied, render) : render(copied);
            };
            const data = slot.data ? slot.data(facts, plugin.context) : {};
            // What is there at once is shown at once: no promise, no timer.
            return isThenable(data) ? Promise.resolve(data).then(show) : show(data);
          },
        );
        if (outcome.ok) {
          const { value } = outcome;
          if (value instanceof Map) return { plugin: plugin.id, id, html: NOTHING, byKey: value };
          if (typeof value !== 'string') return undefined;
          if (key !== undefined) {
            kept.set(key, { html: value, until: clock.now() + (slot.cacheS ?? 0) * 1_000 });
          }
          return { plugin: plugin.id, id, html: safeHtml(value) };
        }
        const onFailure = slot.onFailure ?? SLOTS[slot.slot].onFailure;
        const isShown = outcome.reason !== 'breaker' || wouldShow({ plugin, slot }, context, facts);
        if (onFailure !== 'say' || !isShown) return undefined;
        return { plugin: plugin.id, id, html: sorry(plugin, context), hasFailed: true };
      };

      const filled = await Promise.all(entries.map(fill));
      const result = new Map<string, SlotItem[]>();
      filled.forEach((item, index) => {
        const name = entries[index]?.slot.slot;
        if (!item || !name) return;
        const { hasFailed, ...shown } = item;
        const before = result.get(name) ?? [];
        // One sentence a plugin and place, however many of its items are missing.
        const isSaid = before.some(
          ({ plugin, html }) => plugin === item.plugin && html === item.html,
        );
        if (!hasFailed || !isSaid) result.set(name, [...before, shown]);
      });
      return result;
    },
  };
}

const NOTHING = safeHtml('');

/** A slot that is answered by key is not asked where there are no keys. */
function hasKeys(slot: SlotName, { rows = [], addresses = [] }: SlotFacts): boolean {
  const { by } = SLOTS[slot];
  return by === undefined || (by === 'uid' ? rows : addresses).length > 0;
}

/** One view for each member: what stands at a uid or an address. Members that say nothing are left out. */
function renderEach(
  slot: string,
  models: Readonly<Record<string, unknown>>,
  render: (model: unknown) => string,
): ReadonlyMap<string, SafeHtml> {
  const each = Object.entries(models).filter(([, model]) => model !== undefined);
  if (each.length > MAX_KEYS || !each.every(([, model]) => isPlain(model))) {
    throw new Error(`${slot}: data: expected a plain object by key`);
  }
  return new Map(each.map(([key, model]) => [key, safeHtml(render(model))]));
}
