import type { SiteId } from '../base/types';
import { defineHooks, type First } from '../kernel/hook-types';

/** What is known when a site is to be chosen. */
export interface SiteQuestion {
  /** The host of the request, in the form of `Site.hosts`. */
  readonly host: string;
  /** The person's directory attributes, once signed in. */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
}

declare global {
  namespace Estafette {
    interface HookMap {
      'site:resolve': First<SiteQuestion, SiteId>;
    }
  }
}

/** Hooks of the sites folder. */
export const siteHooks = defineHooks({
  'site:resolve': {
    kind: 'first',
    doc: 'Chooses, after sign-in, among the sites that list the host of the request.',
    check: (value) => typeof value === 'string',
    failClosed: true,
  },
});
