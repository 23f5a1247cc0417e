import { isDeepStrictEqual } from 'node:util';
import type { SiteId, UserId } from '../base/types';
import { valueAt } from '../kernel/config-layer';
import type { CheckedChange } from './change-types';
import type { Model } from './model';
import { splitPath } from './paths';
import { type Choices, ENABLED, type EnablingSite, type Subject } from './types';

/** Somebody who has signed in at least once. */
export interface KnownUser {
  readonly id: UserId;
  readonly site: SiteId;
  readonly login: string;
  readonly groups: readonly string[];
  readonly choices: Choices;
}

/** Whom a change would touch, before it is made. */
export interface Impact {
  /** Known users of the site, or of all. */
  readonly users: number;
  /** Those for whom something would be different. */
  readonly affected: number;
  /** Open sessions of those. */
  readonly openSessions: number;
  /** Logins of some of those, at most 5. */
  readonly examples: readonly string[];
  /** Plugins that go off with the one that is changed, for a site, a group or a known user. */
  readonly goOff: readonly string[];
  /** Those that come back with it. */
  readonly comeOn: readonly string[];
}

/** What is asked of all layers, before and after. */
type AskedModel = Pick<Model, 'pluginIds' | 'enabled' | 'config'>;

export interface ImpactDeps {
  readonly before: AskedModel;
  readonly after: AskedModel;
  /** Those that the change speaks of. */
  readonly sites: readonly EnablingSite[];
  readonly people: readonly KnownUser[];
  /** Open sessions by user; absent: none. */
  readonly openSessions: ReadonlyMap<UserId, number>;
}

const EXAMPLES_MAX = 5;

/** Compares what each known user would have with what they have. */
export function impactOf(deps: ImpactDeps, change: CheckedChange): Impact {
  const { before, after, people, openSessions } = deps;
  const concerned = people.filter(({ site }) => change.site === '*' || site === change.site);
  // Thousands of agents share a few combinations of groups and choices: one speaks for all.
  const answers = new Map<string, boolean>();
  const speakers: KnownUser[] = [];
  const isAffected = (user: KnownUser): boolean => {
    const key = JSON.stringify([user.site, user.groups, user.choices]);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = differs(before, after, change.path, user);
    answers.set(key, answer);
    if (answer) speakers.push(user);
    return answer;
  };
  const affected = concerned.filter(isAffected);
  return {
    users: concerned.length,
    affected: affected.length,
    openSessions: affected.reduce((sum, { id }) => sum + (openSessions.get(id) ?? 0), 0),
    examples: affected.slice(0, EXAMPLES_MAX).map(({ login }) => login),
    ...othersTouched(deps, change, speakers),
  };
}

/** What requires the plugin goes and comes with it; nobody asked for that. */
function othersTouched(
  { before, after, sites }: ImpactDeps,
  { path }: CheckedChange,
  speakers: readonly KnownUser[],
): Pick<Impact, 'goOff' | 'comeOn'> {
  // Groups without a known user yet have their say too.
  const places = sites.flatMap(({ id, groups }): Subject[] => [
    { site: id },
    ...groups.map((group) => ({ site: id, groups: [group.id] })),
  ]);
  const sets = [...places, ...speakers].map((subject) => ({
    was: before.enabled(subject),
    will: after.enabled(subject),
  }));
  const own = splitPath(path)?.plugin;
  const others = before.pluginIds.filter((plugin) => plugin !== own);
  return {
    goOff: others.filter((id) => sets.some(({ was, will }) => was.has(id) && !will.has(id))),
    comeOn: others.filter((id) => sets.some(({ was, will }) => !was.has(id) && will.has(id))),
  };
}

function differs(before: AskedModel, after: AskedModel, path: string, subject: Subject): boolean {
  const { plugin, keys } = splitPath(path) ?? { plugin: path, keys: [] };
  const [setBefore, setAfter] = [before.enabled(subject), after.enabled(subject)];
  // Whole sets: what requires the plugin goes and comes with it.
  if (setBefore.key !== setAfter.key) return true;
  if (keys[0] === ENABLED || !setAfter.has(plugin)) return false;
  return !isDeepStrictEqual(
    inForce(before, plugin, keys, subject),
    inForce(after, plugin, keys, subject),
  );
}

function inForce(
  model: AskedModel,
  plugin: string,
  keys: readonly string[],
  subject: Subject,
): unknown {
  const parsed = model.config(plugin, subject);
  return parsed.ok ? valueAt(parsed.value, keys) : undefined;
}
