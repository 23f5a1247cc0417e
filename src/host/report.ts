import type { SiteId } from '../base/types';

export type PluginState =
  | 'active'
  | 'degraded'
  | 'quarantined'
  | 'refused'
  | 'failed'
  | 'stopped'
  | 'not-loaded';

/** What keeps a plugin in service from being so everywhere. */
export interface PluginProblem {
  /** Absent: it concerns the whole installation. */
  readonly site?: SiteId;
  readonly text: string;
}

/** One plugin's line in the boot report. */
export interface PluginReport {
  readonly id: string;
  readonly version: string;
  readonly state: PluginState;
  readonly ms: number;
  readonly reason?: string;
  /** Of a plugin in service; none: it is `active`. */
  readonly problems: readonly PluginProblem[];
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

/** The report of a plugin in service: its problems make its state and its reason. */
export function inService(
  { reason: _former, ...report }: PluginReport,
  problems: readonly PluginProblem[],
): PluginReport {
  if (problems.length === 0) return { ...report, problems, state: 'active' };
  return { ...report, problems, state: 'degraded', reason: joinProblems(problems) };
}

/** `plugins.json` speaks to every site: the same words are said once. */
export const joinProblems = (problems: readonly PluginProblem[]): string =>
  [...new Set(problems.map(({ text }) => text))].join('; ');

/** The first problem that is of the whole installation, not of what a site says. */
export const wholeProblem = ({ problems }: PluginReport): PluginProblem | undefined =>
  problems.find(({ site }) => site === undefined);

/** The report as somebody may read it who sees these sites only. */
export function withinSites(report: PluginReport, sees: (site: string) => boolean): PluginReport {
  const sites = report.sites.filter(sees);
  if (report.problems.length === 0) return { ...report, sites };
  const problems = report.problems.filter(({ site }) => site === undefined || sees(site));
  return inService({ ...report, sites }, problems);
}
