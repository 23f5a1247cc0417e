import { escapeHtml, safeHtml } from '../base/html';
import type { SiteId } from '../base/types';
import { isPlain } from '../kernel/config-layer';
import type { Texts } from '../kernel/i18n-types';
import type { Isolator } from '../kernel/isolate';
import type { SlotItem, SlotSource } from '../view';
import type { SlotContribution } from './define';
import type { RunningPlugin } from './start-plugin';

const SLOT_TIMEOUT_MS = 250;
const SLOT_TIMEOUT_MAX_MS = 1_000; // a page waits for all of its slots

export interface SlotSourceDeps {
  readonly running: (site: SiteId) => readonly RunningPlugin[];
  readonly isolator: Isolator;
  readonly texts: Texts;
}

interface Entry {
  readonly plugin: RunningPlugin;
  readonly slot: SlotContribution;
}

/** Slots filled by plugins: in parallel, each within its time, a failure never spreads. */
export function createSlotSource({ running, isolator, texts }: SlotSourceDeps): SlotSource {
  const byOrder = (a: Entry, b: Entry): number => (a.slot.order ?? 0) - (b.slot.order ?? 0);

  return {
    async collect(context, names, facts, renderItem) {
      const wanted = new Set(names);
      const entries = running(context.site)
        .flatMap((plugin) =>
          (plugin.definition.contributes?.slots ?? []).map((slot): Entry => ({ plugin, slot })),
        )
        .filter(({ slot }) => wanted.has(slot.slot))
        .sort(byOrder);

      const fill = async ({ plugin, slot }: Entry): Promise<SlotItem | undefined> => {
        const id = slot.id ?? slot.view;
        const outcome = await isolator.isolated(
          {
            plugin: plugin.id,
            hook: `slot:${slot.slot}`,
            timeoutMs: Math.min(slot.timeoutMs ?? SLOT_TIMEOUT_MS, SLOT_TIMEOUT_MAX_MS),
            site: context.site,
            ...(context.scope.requestId !== undefined && { requestId: context.scope.requestId }),
          },
          async () => {
            if (slot.when && !slot.when(facts)) return undefined;
            const model = slot.data ? await slot.data(facts, plugin.context) : {};
            if (model === undefined) return undefined;
            if (!isPlain(model)) throw new Error(`${slot.slot}: data: expected a plain object`);
            return renderItem(`${plugin.id}/${slot.view}`, model);
          },
        );
        if (outcome.ok) {
          return typeof outcome.value === 'string'
            ? { plugin: plugin.id, id, html: safeHtml(outcome.value) }
            : undefined;
        }
        if (slot.onFailure !== 'say') return undefined;
        const t = texts.for(context.locale);
        const text = t('app.slotUnavailable', { name: t(plugin.definition.title) });
        return {
          plugin: plugin.id,
          id,
          html: safeHtml(`<p class="slot-failed">${escapeHtml(text)}</p>`),
        };
      };

      const filled = await Promise.all(entries.map(fill));
      const result = new Map<string, SlotItem[]>();
      filled.forEach((item, index) => {
        const name = entries[index]?.slot.slot;
        if (item && name) result.set(name, [...(result.get(name) ?? []), item]);
      });
      return result;
    },
  };
}
