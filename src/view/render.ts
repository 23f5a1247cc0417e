import { escapeHtml, safeHtml } from '../base/html';
import type { SafeHtml } from '../base/types';
import type { Locale, Texts } from '../kernel/i18n-types';
import type { Assets } from './assets';
import { type CompiledView, compileView } from './compile';
import { createFormats, type DateStyle, type Formats } from './format';
import { findView } from './lookup';
import type { Skin, Skins } from './skins';
import { SLOTS, type SlotFacts } from './slots';
import type { Renderer, SlotItem, SlotSource, ViewContext } from './types';

export interface RendererDeps {
  readonly skins: Pick<Skins, 'chain'>;
  readonly assets: Assets;
  readonly texts: Texts;
  readonly slots: SlotSource;
  /** Directory of a plugin's views; `undefined` for a word that is no plugin. */
  readonly pluginViews: (plugin: string) => string | undefined;
  readonly now: () => number;
}

/** Every include is a call on the stack: a view that includes itself must end as an error. */
const MAX_DEPTH = 32;

/** What is known of the views of one skin chain, by the name of a view. */
interface ChainViews {
  readonly compiled: Map<string, CompiledView>;
  /** Slots of a view and of all that it includes. */
  readonly slots: Map<string, readonly string[]>;
}

/** Renders one view with what is the same for all views of a page. */
type RenderView = (view: string, model?: unknown) => SafeHtml;

/**
 * The one renderer. Its cache of compiled views is kept by skin chain, because a cache keyed by
 * file name alone serves one ministry's partial to another (plugins.md P14).
 */
export function createRenderer(deps: RendererDeps): Renderer {
  const chains = new WeakMap<readonly Skin[], ChainViews>();
  const byFile = new Map<string, CompiledView>();
  const formats = new Map<string, Formats>();

  const viewsOf = (chain: readonly Skin[]): ChainViews => {
    const known = chains.get(chain);
    if (known) return known;
    const made: ChainViews = { compiled: new Map(), slots: new Map() };
    chains.set(chain, made);
    return made;
  };

  const load = (chain: readonly Skin[], view: string): CompiledView => {
    const { compiled } = viewsOf(chain);
    const known = compiled.get(view);
    if (known) return known;
    const file = findView(chain, deps.pluginViews, view);
    const made = byFile.get(file) ?? compileView(file);
    byFile.set(file, made);
    compiled.set(view, made);
    return made;
  };

  const slotNames = (chain: readonly Skin[], view: string): readonly string[] => {
    const { slots } = viewsOf(chain);
    const known = slots.get(view);
    if (known) return known;
    const names = new Set<string>();
    const seen = new Set<string>();
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      const file = load(chain, name);
      for (const slot of file.slots) if (Object.hasOwn(SLOTS, slot)) names.add(slot);
      for (const included of file.includes) visit(included);
    };
    visit(view);
    const result = [...names];
    slots.set(view, result);
    return result;
  };

  const formatsFor = (locale: Locale, timeZone: string, skin?: string): Formats => {
    const key = `${locale}|${timeZone}|${skin ?? ''}`;
    const made =
      formats.get(key) ?? createFormats(locale, timeZone, deps.texts.for(locale, skin), deps.now);
    formats.set(key, made);
    return made;
  };

  /** The synchronous half: everything it needs is already here. */
  const viewRenderer = (
    context: ViewContext,
    chain: readonly Skin[],
    shell: unknown,
    items: ReadonlyMap<string, readonly SlotItem[]>,
  ): RenderView => {
    const formats = formatsFor(context.locale, context.timeZone, context.skin);
    const find = (name: string): string => deps.assets.find(chain, name) ?? `/assets/${name}`;
    const sprite = find('icons.svg');
    let depth = 0;
    const include: RenderView = (view, model = {}) => {
      if (depth >= MAX_DEPTH) throw new Error(`view includes itself: ${view}`);
      depth += 1;
      try {
        return safeHtml(load(chain, view).render({ ...shared, model }));
      } finally {
        depth -= 1;
      }
    };
    const shared = {
      model: undefined,
      shell,
      t: deps.texts.for(context.locale, context.skin),
      locale: context.locale,
      csrf: context.csrf,
      slot: (name: string, key?: string | number): readonly SlotItem[] =>
        key === undefined ? (items.get(name) ?? NO_ITEMS) : itemsAt(items.get(name), String(key)),
      icon: (name: string, label?: string): SafeHtml => iconHtml(sprite, name, label),
      asset: find,
      date: (iso: string, style: DateStyle) => formats.date(iso, style),
      size: (bytes: number) => formats.size(bytes),
      number: (value: number) => formats.number(value),
      include,
    };
    return include;
  };

  const slotsOf = (chain: readonly Skin[], views: readonly string[]): readonly string[] => [
    ...new Set(views.flatMap((view) => slotNames(chain, view))),
  ];

  const collect = (
    context: ViewContext,
    chain: readonly Skin[],
    names: readonly string[],
    facts: SlotFacts,
  ) => {
    if (names.length === 0) return Promise.resolve(new Map<string, readonly SlotItem[]>());
    const render = viewRenderer(context, chain, undefined, new Map());
    return deps.slots.collect(context, names, facts, render);
  };

  return {
    async page(context, request) {
      const chain = deps.skins.chain(context.skin);
      const names = slotsOf(chain, [request.layout, request.view]);
      const items = await collect(context, chain, names, request.facts);
      const render = viewRenderer(context, chain, request.shell, items);
      return render(request.layout, { body: render(request.view, request.model) });
    },
    async fragment(context, request) {
      const chain = deps.skins.chain(context.skin);
      const items = await collect(context, chain, slotsOf(chain, [request.view]), request.facts);
      return viewRenderer(context, chain, request.shell, items)(request.view, request.model);
    },
    async slot(context, name, facts) {
      const items = await collect(context, deps.skins.chain(context.skin), [name], facts);
      return items.get(name) ?? [];
    },
    formats: formatsFor,
    asset: (skin, name) => deps.assets.find(deps.skins.chain(skin), name),
  };
}

const NO_ITEMS: readonly SlotItem[] = [];

/** Items of a slot that is shown many times, at one uid or address. */
function itemsAt(all: readonly SlotItem[] | undefined, key: string): readonly SlotItem[] {
  if (!all) return NO_ITEMS;
  return all.flatMap((item) => {
    const html = item.byKey?.get(key);
    return html === undefined ? [] : [{ ...item, html }];
  });
}

function iconHtml(sprite: string, name: string, label: string | undefined): SafeHtml {
  const use = `<use href="${escapeHtml(sprite)}#${escapeHtml(name)}"></use>`;
  return safeHtml(
    label === undefined
      ? `<svg class="icon" aria-hidden="true" focusable="false">${use}</svg>`
      : `<svg class="icon" role="img" aria-label="${escapeHtml(label)}">${use}</svg>`,
  );
}
