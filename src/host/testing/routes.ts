import { AppError } from '../../base/errors';
import type { SiteId } from '../../base/types';
import { plainCopy } from '../../kernel/plain-copy';
import { can } from '../../session';
import { isPluginResponse } from '../response';
import type { PluginRequest, PluginResponse, PluginRoute } from '../route-types';
import { matchRoute } from '../router';
import { TEST_SITE } from './sites';
import type { RouteInput } from './types';
import type { World } from './world';

interface Match {
  readonly route: PluginRoute;
  readonly params: Readonly<Record<string, string>>;
}

const isMatch = (one: Partial<Match>): one is Match => one.params !== undefined;

/** Calls a route as the web floor does: refused without a session unless public or without its permission, checked answer. */
export async function callRoute(
  world: World,
  plugin: string,
  method: 'get' | 'post',
  path: string,
  input: RouteInput = {},
): Promise<PluginResponse> {
  const site = (input.site ?? TEST_SITE) as SiteId;
  const running = world.host
    .running(input.user === false ? site : world.person.scope(site))
    .find(({ id }) => id === plugin);
  const match = running?.routes
    .filter((route) => route.method === method)
    .map((route) => ({ route, params: matchRoute(route, path) }))
    .find(isMatch);
  if (!running || !match) return { status: 404 };
  if (input.user === false && !match.route.options.public) return { status: 403 };
  if (input.awaiting && match.route.options.challenge === undefined) return { status: 403 };
  if (!(await isAllowed(world, site, match.route))) return { status: 403 };
  const answer = plainCopy<unknown>(
    await match.route.handler(requestOf(world, site, match, input), running.context),
  );
  if (!isPluginResponse(answer)) {
    throw new Error(`${method} ${match.route.path}: expected one of the five kinds of response`);
  }
  return answer;
}

/** As the web floor asks; a second factor is not asked for. */
async function isAllowed(world: World, site: SiteId, { options }: PluginRoute): Promise<boolean> {
  const { permission } = options;
  if (permission === undefined) return true;
  const actor = await world.core.people.find(world.core.ref(site));
  return can({ hooks: world.hooks, site: actor.site }, actor.scope, actor.session, permission);
}

/** Every field once, but for those that are told more than once. */
function listsOf(method: 'get' | 'post', { query, body, lists }: RouteInput) {
  const fields = (method === 'get' ? query : body) ?? {};
  const single = Object.entries(fields).map(([name, value]) => [name, [value]] as const);
  return { ...Object.fromEntries(single), ...lists };
}

function requestOf(
  world: World,
  site: SiteId,
  { route, params }: Match,
  input: RouteInput,
): PluginRequest {
  return {
    site,
    locale: input.locale ?? 'fr',
    requestId: 'TEST-0000-00',
    remote: input.remote ?? '192.0.2.1',
    origin: `https://${site}.example`,
    groups: input.user === false ? [] : world.person.groups,
    user: input.user === false ? undefined : world.user,
    ...(input.user !== false && !input.awaiting && { as: world.core.ref(site) }),
    ...(input.user !== false && { session: input.session ?? 'test-session' }),
    ...(input.device && { device: { isKnown: false, ...input.device } }),
    hasFactor: input.user !== false && input.hasFactor === true,
    params: Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]),
    ),
    query: input.query ?? {},
    body: input.body ?? {},
    lists: listsOf(route.method, input),
    files: (route.options.upload && input.files) ?? [],
    async satisfy(challenge) {
      const isAsked = route.method === 'post' && route.options.challenge === challenge;
      if (!isAsked) throw new AppError('session/refused', { textKey: 'error.forbidden' });
      await world.satisfy(challenge);
      world.satisfied.push(challenge);
    },
  };
}
