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

/** The report as lines for a terminal. */
export function formatBootReport(report: BootReport): string {
  const lines = report.plugins.map((plugin) => {
    const sites = plugin.sites.length === 0 ? 'no site' : plugin.sites.join(', ');
    const reason = plugin.reason === undefined ? '' : ` (${plugin.reason})`;
    return `${plugin.id.padEnd(24)} ${plugin.state.padEnd(12)} ${sites}${reason}`;
  });
  return [...lines, ...report.warnings.map((warning) => `warning: ${warning}`)].join('\n');
}
