import type { PluginContext, SiteId } from 'estafette/plugin';
import type { SsoConfig } from './config';

/** The context of this plugin. */
export type Sso = PluginContext<SsoConfig>;

/** What every step of a sign-in is done with. */
export interface Step<P> {
  readonly context: Sso;
  readonly site: SiteId;
  readonly provider: P;
}
