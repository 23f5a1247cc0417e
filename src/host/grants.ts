import { type ConfigIssue, type ConfigSource, issueAt } from '../kernel/config';
import { didYouMean } from '../kernel/config-shape';
import type { FoundPlugin } from './discover';
import { needProblem, originProblem } from './needs';

/** `config/plugins.json`, `grants`: plugin id → what its code may touch. */
export type Grants = Readonly<Record<string, readonly string[]>>;

/** Everything that these plugins declare: for tests of plugins, never for an installation. */
export const grantAll = (plugins: readonly Pick<FoundPlugin, 'id' | 'definition'>[]): Grants =>
  Object.fromEntries(plugins.map(({ id, definition }) => [id, definition.needs ?? []]));

/** Needs of a plugin that the operator has not granted. */
function missingGrants(
  { id, definition }: Pick<FoundPlugin, 'id' | 'definition'>,
  grants: Grants,
): readonly string[] {
  const granted = Object.hasOwn(grants, id) ? (grants[id] ?? []) : [];
  return (definition.needs ?? []).filter((need) => !granted.includes(need));
}

/** Why a plugin is refused, with the line that would grant what it lacks; else `undefined`. */
export function grantProblem(
  plugin: Pick<FoundPlugin, 'id' | 'definition'>,
  grants: Grants,
): string | undefined {
  const missing = missingGrants(plugin, grants);
  if (missing.length === 0) return undefined;
  const list = (plugin.definition.needs ?? []).map((need) => JSON.stringify(need)).join(', ');
  const line = `"grants": { ${JSON.stringify(plugin.id)}: [${list}] }`;
  return `needs ${missing.join(', ')}, not granted; if it may, config/plugins.json: ${line}`;
}

interface GrantCheckInput {
  readonly grants: Grants;
  readonly found: readonly FoundPlugin[];
  /** Ids of every installed plugin, also of those that cannot be loaded. */
  readonly installed: readonly string[];
  readonly source: ConfigSource;
}

/** What `grants` says that nothing can use: unknown plugins, unknown words, words never asked for. */
export function checkGrants({
  grants,
  found,
  installed,
  source,
}: GrantCheckInput): readonly ConfigIssue[] {
  return Object.entries(grants).flatMap(([id, needs]) => {
    if (!installed.includes(id)) {
      const hint = didYouMean(id, installed);
      return [
        issueAt(source, ['grants', id], `expected an installed plugin, found "${id}"${hint}`),
      ];
    }
    const definition = found.find((plugin) => plugin.id === id)?.definition;
    const declared: readonly string[] = definition?.needs ?? [];
    return needs.flatMap((need, index) => {
      const at = (message: string) => issueAt(source, ['grants', id, index], message);
      const problem = needProblem(need);
      if (problem !== undefined) return [at(problem)];
      if (!definition || declared.includes(need)) return [];
      return [at(`"${need}" is granted to ${id}, which does not declare it`)];
    });
  });
}

/** `config/plugins.json`, `origins`: plugin id → servers that its code may reach. */
export type Origins = Readonly<Record<string, readonly string[]>>;

interface OriginsCheckInput extends Omit<GrantCheckInput, 'grants'> {
  readonly origins: Origins;
}

/** What `origins` says that nothing can use: unknown plugins, other things than origins, needs not declared. */
export function checkOrigins({
  origins,
  found,
  installed,
  source,
}: OriginsCheckInput): readonly ConfigIssue[] {
  return Object.entries(origins).flatMap(([id, listed]) => {
    const at = (path: readonly PropertyKey[], message: string) =>
      issueAt(source, ['origins', id, ...path], message);
    if (!installed.includes(id)) {
      return [at([], `expected an installed plugin, found "${id}"${didYouMean(id, installed)}`)];
    }
    const definition = found.find((plugin) => plugin.id === id)?.definition;
    const isAsked = !definition || (definition.needs ?? []).includes('http:configured');
    return [
      ...(isAsked ? [] : [at([], `${id} does not declare "http:configured": it reaches none`)]),
      ...listed.flatMap((origin, index) => {
        const problem = originProblem(origin);
        return problem === undefined ? [] : [at([index], problem)];
      }),
    ];
  });
}
