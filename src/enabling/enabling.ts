import type { Audit } from '../audit';
import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Log } from '../base/log';
import type { Result } from '../base/result';
import type { SiteId, UserId } from '../base/types';
import type { ConfigSources } from '../kernel/config-files';
import type { Database } from '../kernel/db-types';
import { type ChangeRequest, type CheckedChange, UNWRITTEN } from './change-types';
import { checkChange } from './check-change';
import { createSetInterner } from './enabled-set';
import { type ExplainSubject, explainPlugin, type PluginExplanation } from './explain';
import { findFaults, type SiteFault } from './faults';
import { readConfigFiles } from './files';
import { type Impact, impactOf, type KnownUser } from './impact';
import { findLock } from './locks';
import { createModel, type Model, type PluginFault } from './model';
import { type Author, createOverrides } from './overrides';
import type { ChangeTarget, ConfigChange, HistoryQuery, PastChange } from './overrides-store';
import { type ChangeRefusal, refusalError } from './refusal';
import { type SiteSettings, settingsOn } from './site-settings';
import {
  ENABLED,
  type EnabledSet,
  type EnablingPlugin,
  type EnablingSite,
  type Override,
  type Plain,
  type Subject,
} from './types';

export interface EnablingDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Pick<Audit, 'write' | 'announce'>;
  /** The files as written. */
  readonly sources: ConfigSources;
  readonly sites: readonly EnablingSite[];
  /** Installed plugins. */
  readonly plugins: readonly EnablingPlugin[];
  /** Known users of a site, or of all. */
  readonly people: (site?: SiteId) => Promise<readonly KnownUser[]>;
  /** Open sessions by user, of a site or of all. */
  readonly openSessions: (site?: SiteId) => Promise<ReadonlyMap<UserId, number>>;
  /** What runs for whom may be different from now on: cached handler lists are to be forgotten. */
  readonly onChanged: () => void;
}

/** A path before and after a change that is not made yet. */
export interface ChangePreview {
  readonly before: PluginExplanation;
  readonly after: PluginExplanation;
}

/** Which plugins run for whom, with which settings, and who said so. */
export interface Enabling {
  /** Reads what administrators changed, and follows what they change elsewhere. */
  start(): Promise<void>;
  stop(): void;
  /** Plugins that run for somebody, or for a site when nobody in particular acts. */
  enabledFor(subject: Subject): EnabledSet;
  /** Parsed and frozen settings of a plugin; the same object for all whose layers are the same. */
  config(plugin: string, subject: Subject): Result<Plain, readonly PluginFault[]>;
  /** Plugins that some layer of the site may turn on for somebody. */
  reach(site: SiteId): ReadonlySet<string>;
  /** Plugins that an agent may turn on or off for themselves. */
  choosable(subject: Subject): readonly string[];
  /** What a site cannot have as it is written. */
  faults(site: SiteId): readonly SiteFault[];
  /** Settings of a plugin that hold somewhere on a site, each with who said them. */
  settingsOn(site: SiteId, plugin: string): readonly SiteSettings[];
  explainFor(subject: ExplainSubject): PluginExplanation;
  check(request: ChangeRequest): Result<CheckedChange, ChangeRefusal>;
  /** Whom a change would touch. A refused one throws `request/invalid` with the refusal. */
  impactOf(request: ChangeRequest): Promise<Impact>;
  /** What a change would give a subject that nobody's choice concerns; refused as by `impactOf`. */
  preview(request: ChangeRequest, subject: Subject): Promise<ChangePreview>;
  /**
   * Checks and writes; `undefined` when nothing changes. Refused: `request/invalid`, with reason
   * `late` when `seen` is no longer the number of the last change of this path (0 for none).
   */
  set(request: ChangeRequest, author: Author, seen?: number): Promise<ConfigChange | undefined>;
  /** What taking a change back would say, for its impact; `request/not-found` without one. */
  rollbackRequest(changeId: number): Promise<ChangeRequest>;
  /** Takes back a change that is in force. Another: `request/invalid`, reason `superseded`. */
  rollback(changeId: number, author: Author): Promise<ConfigChange>;
  /** The last change of a path for a site or a group, whatever it says. */
  lastChange(target: ChangeTarget): Promise<ConfigChange | undefined>;
  history(query: HistoryQuery): Promise<readonly PastChange[]>;
}

export function createEnabling(deps: EnablingDeps): Enabling {
  const files = readConfigFiles(deps.sources);
  const modelDeps = { ...deps, files, intern: createSetInterner() };
  let model = createModel(modelDeps, []);
  const overrides = createOverrides({
    ...deps,
    onChanged(inForce) {
      model = createModel(modelDeps, inForce);
      deps.onChanged();
    },
  });
  let unwatch: (() => void) | undefined;

  const modelWith = (change: CheckedChange): Model =>
    createModel(modelDeps, withChange(model.overrides, change));

  const check = (request: ChangeRequest): Result<CheckedChange, ChangeRefusal> =>
    checkChange({ files, model, modelWith, siteIds: deps.sites.map(({ id }) => id) }, request);

  async function checked(request: ChangeRequest): Promise<CheckedChange> {
    // Another process may have changed what this one still believes.
    await overrides.refresh();
    const result = check(request);
    if (!result.ok) throw refusalError(result.error);
    return result.value;
  }

  async function rollbackRequest(changeId: number): Promise<ChangeRequest> {
    const change = await overrides.find(changeId);
    if (!change) throw new AppError('request/not-found', { details: { change: changeId } });
    const { site, group, path, previous } = change;
    return { site, group, path, value: previous };
  }

  return {
    async start() {
      await overrides.refresh();
      unwatch ??= overrides.watch();
    },
    stop() {
      unwatch?.();
      unwatch = undefined;
    },
    enabledFor: (subject) => model.enabled(subject),
    config: (plugin, subject) => model.config(plugin, subject),
    reach: (site) => model.reach(site),
    choosable(subject) {
      const site = model.site(subject.site);
      if (!site) return [];
      const reach = model.reach(site.id);
      const isLocked = (plugin: string): boolean =>
        findLock(files, site, subject.groups ?? [], `${plugin}.${ENABLED}`) !== undefined;
      return site.choices.filter((plugin) => reach.has(plugin) && !isLocked(plugin));
    },
    faults(site) {
      const known = model.site(site);
      return known ? findFaults({ files, model, plugins: deps.plugins }, known) : [];
    },
    settingsOn: (site, plugin) => settingsOn(model, site, plugin),
    explainFor: (subject) => explainPlugin({ files, model }, subject),
    check,
    async impactOf(request) {
      const change = await checked(request);
      const site = change.site === '*' ? undefined : change.site;
      const [people, openSessions] = await Promise.all([
        deps.people(site),
        deps.openSessions(site),
      ]);
      const sites = deps.sites.filter(({ id }) => site === undefined || id === site);
      const after = modelWith(change);
      return impactOf({ before: model, after, sites, people, openSessions }, change);
    },
    async preview(request, subject) {
      const change = await checked(request);
      const asked = { ...subject, path: change.path };
      return {
        before: explainPlugin({ files, model }, asked),
        after: explainPlugin({ files, model: modelWith(change) }, asked),
      };
    },
    set: async (request, author, seen) => overrides.set(await checked(request), author, seen),
    rollbackRequest,
    async rollback(changeId, author) {
      await checked(await rollbackRequest(changeId));
      return overrides.rollback(changeId, author);
    },
    lastChange: (target) => overrides.last(target),
    history: (query) => overrides.history(query),
  };
}

/** What would be in force once a change is made. */
function withChange(
  overrides: readonly Override[],
  { site, group, path, value }: CheckedChange,
): readonly Override[] {
  const others = overrides.filter(
    (other) => other.site !== site || other.group !== group || other.path !== path,
  );
  if (value === undefined) return others;
  return [...others, { id: UNWRITTEN, site, group, path, value, author: '', at: '' }];
}
