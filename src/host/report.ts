export type PluginState = 'active' | 'degraded' | 'quarantined' | 'refused' | 'failed' | 'stopped';

/** One plugin's line in the boot report. */
export interface PluginReport {
  readonly id: string;
  readonly version: string;
  readonly state: PluginState;
  readonly ms: number;
  readonly reason?: string;
  /** Sites where it is on. */
  readonly sites: readonly string[];
  /** Routes that answer without a session. */
  readonly publicRoutes: readonly string[];
}

export interface BootReport {
  readonly plugins: readonly PluginReport[];
  readonly warnings: readonly string[];
  readonly ms: number;
}
