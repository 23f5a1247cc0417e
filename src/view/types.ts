import type { SafeHtml, SiteId } from '../base/types';
import type { HookScope } from '../kernel/hook-types';
import type { Locale, Translate } from '../kernel/i18n-types';
import type { Formats } from './format';
import type { SlotFacts, SlotName } from './slots';

/** One contribution of a plugin to a slot, already rendered. */
export interface SlotItem {
  readonly plugin: string;
  readonly id: string;
  readonly html: SafeHtml;
  /** Of a slot that is shown many times: what stands at each uid or address. */
  readonly byKey?: ReadonlyMap<string, SafeHtml>;
}

/** Per-request facts that every template can read. */
export interface ViewContext {
  readonly site: SiteId;
  /** Skin chain, most specific first, ending with `base`. */
  readonly skin: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly scope: HookScope;
  /** Masked token for forms; absent on pages without a session. */
  readonly csrf: string;
}

/**
 * What a template sees, by these names (EJS strict, destructured): nothing else exists in it.
 * `<%-` is allowed for `include`, `slot(...).html`, `icon`, and values of type SafeHtml only.
 */
export interface TemplateScope<M> {
  /** The page model, plain data. */
  readonly model: M;
  /** Common frame of the page: site, user, taskbar, folders… */
  readonly shell: unknown;
  readonly t: Translate;
  readonly locale: Locale;
  readonly csrf: string;
  /** Another view by name through the same skin chain. */
  include(view: string, data?: Readonly<Record<string, unknown>>): SafeHtml;
  /** Items of a slot, in order; the name is a literal, so that the renderer learns it. */
  slot(name: string, key?: string | number): readonly SlotItem[];
  /** `<svg aria-hidden><use href=…>`; with a label, an image with that name. */
  icon(name: string, label?: string): SafeHtml;
  /** Hashed URL of an asset of the skin (`logo.svg`) or of a plugin (`calendar/calendar.css`). */
  asset(name: string): string;
  /** `list`: 09:42, hier, mar. 17, 9 nov. 2025; `long`: jeudi 19 novembre 2026 à 09:42; `time`. */
  date(iso: string, style: 'list' | 'long' | 'short' | 'time'): string;
  /** 1,2 Mo; 340 Ko. */
  size(bytes: number): string;
  number(value: number): string;
}

export interface RenderRequest {
  readonly view: string;
  readonly model: unknown;
  readonly shell: unknown;
  readonly facts: SlotFacts;
}

export interface Renderer {
  /** A whole document: the view inside its layout. */
  page(context: ViewContext, request: RenderRequest & { readonly layout: string }): Promise<string>;
  /** One view without layout: frames, streams. */
  fragment(context: ViewContext, request: RenderRequest): Promise<string>;
  /** Items of one slot, for a page that is not being rendered. */
  slot(context: ViewContext, name: SlotName, facts: SlotFacts): Promise<readonly SlotItem[]>;
  /** Dates, sizes and numbers as this language and zone write them; the same as in templates. */
  formats(locale: Locale, timeZone: string): Formats;
  /** Hashed URL of an asset for a skin, `undefined` when there is none. */
  asset(skin: string, name: string): string | undefined;
}

/** Who fills slots: the plugin host. Never rejects; a failing item is absent or says so. */
export interface SlotSource {
  collect(
    context: ViewContext,
    names: readonly string[],
    facts: SlotFacts,
    renderItem: (view: string, model: unknown) => string,
  ): Promise<ReadonlyMap<string, readonly SlotItem[]>>;
}
