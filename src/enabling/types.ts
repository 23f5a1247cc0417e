import type { z } from 'zod';
import type { SiteId } from '../base/types';
import type { EnabledSet } from '../kernel/hook-types';
import type { SiteGroup } from '../sites';

export type { EnabledSet };

export type Plain = Readonly<Record<string, unknown>>;

/** Reserved in a plugin's entry: whether it runs, beside its own settings. */
export const ENABLED = 'enabled';

/** Who can speak of a plugin, lowest first: the last that speaks wins. */
export type LayerName = 'default' | 'plugins' | 'site' | 'admin' | 'group' | 'user' | 'stop';

/** What is needed of a site. */
export interface EnablingSite {
  readonly id: SiteId;
  readonly groups: readonly SiteGroup[];
  /** Plugins that agents may turn on or off. */
  readonly choices: readonly string[];
  /** `plugin.setting`: decided by the site's file alone. */
  readonly locked: readonly string[];
}

/** What is needed of an installed plugin. */
export interface EnablingPlugin {
  readonly id: string;
  /** Absent: it takes no settings. */
  readonly schema?: z.ZodType | undefined;
  readonly requires?: readonly string[] | undefined;
  /** Ports that it answers, of which a site has one provider each. */
  readonly provides?: readonly string[] | undefined;
}

/** Plugins that someone may turn on or off for themselves → their choice. */
export type Choices = Readonly<Record<string, boolean>>;

/** For whom a question is asked; a site alone when nobody in particular acts. */
export interface Subject {
  readonly site: SiteId;
  readonly groups?: readonly string[] | undefined;
  readonly choices?: Choices | undefined;
}

/** A value that an administrator set, in force. */
export interface Override {
  readonly id: number;
  readonly site: SiteId | '*';
  readonly group?: string | undefined;
  /** `calendar.enabled`, `calendar.firstDay`. */
  readonly path: string;
  readonly value: unknown;
  readonly author: string;
  readonly at: string;
}
