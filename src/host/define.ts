import type { z } from 'zod';
import type { SiteId, TextKey } from '../base/types';
import { deepFreeze } from '../kernel/freeze';
import type { HookDefinition } from '../kernel/hook-types';
import type { SettingField, SettingSection } from '../settings';
import type { SlotFacts, SlotName } from '../view';
import type { PluginContext } from './context-types';
import type { DavContribution } from './dav-types';
import { claimInstance } from './instance';
import type { Need } from './needs';
import type { RouteRegistrar } from './route-types';
import type { CheckedSite, SettingsProblem } from './settings-check';
import type { SignInContribution } from './sign-in-types';

claimInstance(__filename, globalThis);

/** Version of the API of `estafette/plugin`; a plugin's `api` range is held against it. */
export const API_VERSION = '1.0';

/** A view of the plugin shown in a slot of the core. */
export interface SlotContribution<C = unknown> {
  readonly slot: SlotName;
  /** `views/<view>.ejs` of the plugin. */
  readonly view: string;
  /** Unique within the plugin; the view's name otherwise. */
  readonly id?: string;
  /** Shown only when true; asked before `data`. */
  readonly when?: (facts: SlotFacts) => boolean;
  /** Model of the view: plain data. `undefined` shows nothing. */
  readonly data?: (
    facts: SlotFacts,
    context: PluginContext<C>,
  ) =>
    | Readonly<Record<string, unknown>>
    | undefined
    | Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Lower first; 0 by default. */
  readonly order?: number;
  /** 250 ms by default, 1,000 at most: a page waits for its slots. */
  readonly timeoutMs?: number;
  /** Seconds that what is shown is kept for a person; only in slots that are the same on every page. */
  readonly cacheS?: number;
  /** `say`: "momentarily unavailable" stands in its place; the slot's own way by default. */
  readonly onFailure?: 'hide' | 'say';
}

/** A field of the core's kinds; stored under the plugin's id and `key`. */
export type PluginSettingField = SettingField & {
  /** Path in the plugin's configuration whose value replaces `default` for the site. */
  readonly defaultFrom?: string;
};

/** A page of settings of a plugin, drawn and parsed like the core's. */
export interface PluginSettingSection extends SettingSection {
  readonly fields: readonly PluginSettingField[];
}

export interface PluginJob<C = unknown> {
  readonly id: string;
  /** `30s`, `5m`, `1h`, `1d`. */
  readonly every: string;
  /** Once per site that has the plugin on, instead of once. */
  readonly perSite?: boolean;
  readonly timeoutS: number;
  run(
    context: PluginContext<C>,
    at: { readonly site?: SiteId; readonly signal: AbortSignal },
  ): Promise<void>;
}

export interface PluginCommand<C = unknown> {
  /** `<plugin id>:<verb>`. */
  readonly name: string;
  readonly summary: string;
  run(
    context: PluginContext<C>,
    input: { readonly args: readonly string[]; readonly print: (line: string) => void },
  ): Promise<number>;
}

export interface Contributions<C = unknown> {
  readonly permissions?: Readonly<Record<string, TextKey>>;
  /**
   * Hooks that this plugin emits, `<plugin id>:<word>`; others may handle them. Their types are
   * merged into `Estafette.HookMap`.
   */
  readonly hooks?: Readonly<Record<string, HookDefinition>>;
  /** Loaded when the plugin starts; mounted at `/<plugin id>`. */
  readonly routes?: () => Promise<{ readonly routes: RouteRegistrar<C> }>;
  /** What it serves to programs by WebDAV, at `/dav/<plugin id>/`. */
  readonly dav?: DavContribution<C>;
  readonly taskbar?: {
    readonly id: string;
    readonly icon: string;
    readonly label: TextKey;
    readonly href: string;
    readonly order?: number;
  };
  /** A page of the plugin's routes for administrators, linked in the administration area. */
  readonly admin?: { readonly label: TextKey; readonly href: string };
  readonly slots?: readonly SlotContribution<C>[];
  readonly settings?: readonly PluginSettingSection[];
  /** Files of `assets/`, or several lots of them where areas load different ones. */
  readonly assets?: PluginAssets | readonly PluginAssets[];
  readonly jobs?: readonly PluginJob<C>[];
  readonly commands?: readonly PluginCommand<C>[];
  /** Ways to sign in beside the form, such as a ministry's single sign-on. */
  readonly signIn?: SignInContribution<C>;
  /** Routes of the plugin that answer while a session awaits a challenge; ids match `session:challenges`. */
  readonly challenges?: readonly {
    readonly id: string;
    readonly label: TextKey;
    readonly path: string;
  }[];
}

/** `on` lists the page areas that load the files (`mail`, `compose`, `settings`, the plugin's id). */
export interface PluginAssets {
  readonly styles?: readonly string[];
  readonly scripts?: readonly string[];
  readonly on: readonly string[];
}

/** What a `plugin.ts` exports by default. */
export interface PluginDefinition<C = unknown> {
  /** Folder name, `[a-z][a-z0-9-]*`: prefix of routes, tables and texts. */
  readonly id: string;
  /** Range of the plugin API, such as `^1.0`. */
  readonly api: string;
  /** As the operator sees it; that of the plugin's `package.json` otherwise, else the platform's. */
  readonly version?: string;
  readonly title: TextKey;
  /** What it does, in one sentence, for agents who may turn it on or off. */
  readonly summary?: TextKey;
  /** Plugins that must be there and started first. */
  readonly requires?: readonly string[];
  /** Ports that it provides in `activate`; a site has one provider of each. */
  readonly provides?: readonly string[];
  /** Plugins that start first when they are there. */
  readonly after?: readonly string[];
  /**
   * `abort` stops the boot when this plugin fails to start, and closes sign-in on the sites where it
   * is on and not in service, such as with wrong settings: authentication only.
   */
  readonly onBootFailure?: 'continue' | 'abort';
  /** What the code touches: `db`, `mail.read`, `http:https://host`. Granted by the operator. */
  readonly needs?: readonly Need[];
  /** Configuration of a site; every key has a default or the boot report says which is missing. */
  readonly config?: z.ZodType<C>;
  /**
   * What is wrong with settings that the schema accepts, held against the site that they are of: told
   * at boot and by `sites:check`, where they are written. The plugin stays on. No input or output.
   */
  check?(config: C, site: CheckedSite): readonly SettingsProblem[];
  /**
   * Names of secrets, from the environment only: `ESTAFETTE_<PLUGIN>_<NAME>`. `<word>.name` stands
   * for one of each word of the configuration: `'<provider>.clientSecret'` lets
   * `context.secret('cerbere.clientSecret')` be asked.
   */
  readonly secrets?: readonly string[];
  /** Extra sources of the pages of this plugin. */
  readonly csp?: Readonly<Record<string, readonly string[]>>;
  readonly contributes?: Contributions<C>;
  activate?(context: PluginContext<C>): void | Promise<void>;
  deactivate?(): void | Promise<void>;
}

/**
 * Declares a plugin and freezes it; its shape is checked when the platform loads it, so that a
 * wrong one is reported by name instead of breaking the boot.
 * @example export default definePlugin({ id: 'hello', api: '^1.0', title: 'hello:title' });
 */
export function definePlugin<C = Record<string, never>>(
  definition: PluginDefinition<C>,
): PluginDefinition<C> {
  return deepFreeze(definition);
}
