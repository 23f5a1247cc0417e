import { AppError } from '../../base/errors';
import type { Locale } from '../../kernel/i18n-types';
import type { SlotFacts, SlotItem } from '../../view';
import { erasingTables } from '../plugin-db';
import { callRoute } from './routes';
import { testSignIn } from './sign-in';
import { TEST_SITE } from './sites';
import type { PluginTest, PluginTestOptions, RouteInput } from './types';
import { createWorld, OTHER_PLUGIN, type World } from './world';

/**
 * Starts one plugin alone, as the platform would, and gives the means to ask it anything.
 * @example const test = await createPluginTest({ plugin, config: { words: ['annexe'] } });
 */
export async function createPluginTest<C>(options: PluginTestOptions<C>): Promise<PluginTest> {
  const world = await createWorld(options);
  const { id } = options.plugin;
  return {
    site: TEST_SITE,
    user: world.user,
    as: world.core.ref(TEST_SITE),
    audited: world.core.audited,
    ended: world.core.ended,
    took: world.core.took,
    noticed: world.core.noticed,
    posted: world.core.posted,
    streamed: world.core.streamed,
    satisfied: world.satisfied,
    clock: world.clock,
    report: world.host.report,
    state: () => stateOf(world, id),
    get db() {
      return contextOf(world, id).db;
    },
    ...hookCalls(world, id),
    ...pageCalls(world, id),
    ...dataCalls(world, id),
    ...taskCalls(world, id),
    signIn: (method, where) => testSignIn(world, id, method, where),
    async stop() {
      await world.host.stop();
      await world.hooks.idle();
      await world.core.close();
      await world.db.close();
    },
  };
}

function hookCalls({ hooks, failures, person, databases }: World, id: string) {
  const scopeOf = person.scope;
  return {
    guard: (name, query, { site, confirmed } = {}) =>
      hooks.guard(scopeOf(site), name, query, { all: true, ...(confirmed && { confirmed }) }),
    filter: (name, value, context, site) => hooks.filter(scopeOf(site), name, value, context),
    first: async (name, query, site) => (await hooks.first(scopeOf(site), name, query))?.answer,
    collect: async (name, query, site) =>
      (await hooks.collect(scopeOf(site), name, query)).map(({ item }) => item),
    async action(name, event, site) {
      const db = name === 'user:erased' ? { db: erasingTables(databases) } : {};
      // Whole again: `db` is all that EventOf leaves out.
      await hooks.action(scopeOf(site), name, Object.assign({}, event, db) as never);
      await hooks.idle();
    },
    handlers: (site) =>
      [...hooks.definitions().keys()].filter((name) =>
        hooks.handlers(scopeOf(site).site, name).some(({ plugin }) => plugin === id),
      ),
    failures: () => failures.filter(({ plugin }) => plugin === id),
    on: (name, handler) => hooks.on(OTHER_PLUGIN, name, handler),
  } satisfies Partial<PluginTest>;
}

function pageCalls(world: World, id: string) {
  const { renderer, user, person } = world;
  const scopeOf = person.scope;
  const ofPerson = (site?: string): Pick<SlotFacts, 'as' | 'presence'> => {
    const { as, presence } = scopeOf(site);
    return { ...(as && { as }), ...(presence && { presence }) };
  };
  const context = (locale: Locale = 'fr', site?: string) => ({
    site: scopeOf(site).site,
    skin: 'base',
    locale,
    timeZone: 'Europe/Paris',
    scope: scopeOf(site),
    csrf: 'csrf-token',
  });
  return {
    async renderSlot(slot, facts = {}, { locale, site, at } = {}) {
      const all: SlotFacts = {
        site: { id: scopeOf(site).site, title: 'Messagerie de test' },
        locale: locale ?? 'fr',
        user,
        groups: person.groups,
        ...ofPerson(site),
        ...facts,
      };
      const items = await renderer.slot(context(locale, site), slot, all);
      return items.flatMap((item) => htmlOf(item, at)).join('');
    },
    route: (method, path, input) => callRoute(world, id, method, path, input),
    async renderRoute(path: string, input: RouteInput = {}) {
      const answer = await callRoute(world, id, 'get', path, input);
      if (!('view' in answer)) throw new Error(`${path}: no view in ${JSON.stringify(answer)}`);
      return renderer.fragment(context(input.locale, input.site), {
        view: `${id}/${answer.view}`,
        model: answer.model,
        shell: undefined,
        facts: {
          site: { id: scopeOf(input.site).site, title: 'Messagerie de test' },
          locale: input.locale ?? 'fr',
          user,
          groups: person.groups,
          ...ofPerson(input.site),
        },
      });
    },
  } satisfies Partial<PluginTest>;
}

/** What stands at one uid or address, or at all of them, where the slot is answered so. */
function htmlOf({ html, byKey }: SlotItem, at: number | string | undefined): readonly string[] {
  if (!byKey) return [html];
  return at === undefined ? [...byKey.values()] : [byKey.get(String(at)) ?? ''];
}

function dataCalls(world: World, id: string) {
  const { host, settings, user, texts, person } = world;
  return {
    isOn: (site) => host.running(person.scope(site)).some((plugin) => plugin.id === id),
    choose: person.choose,
    config(site) {
      const scope = person.scope(site);
      if (host.running(scope).some((plugin) => plugin.id === id)) return host.config(id, scope);
      throw new AppError('internal/unexpected', { details: { plugin: id, problem: 'off' } });
    },
    setUserSetting: (key, value) => settings.write(user.id, id, { [key]: value }),
    settings: async (site) => contextOf(world, id).settings(person.scope(site), user.id),
    text: (key, locale, values) => texts.for(locale)(key, values),
  } satisfies Partial<PluginTest>;
}

function taskCalls(world: World, id: string) {
  const { host, jobs } = world;
  return {
    async runJob(job) {
      const names = jobs.list().map((entry) => entry.id);
      const own = names.filter(
        (name) => name === `${id}:${job}` || name.startsWith(`${id}:${job}:`),
      );
      if (own.length === 0) throw new AppError('request/not-found', { details: { job } });
      for (const name of own) await jobs.runNow(name);
    },
    async runCommand(name, args = []) {
      const running = host.all().find((plugin) => plugin.id === id);
      const command = running?.definition.contributes?.commands?.find((one) => one.name === name);
      if (!running || !command) throw new AppError('request/not-found', { details: { name } });
      const lines: string[] = [];
      const print = (line: string): void => void lines.push(line);
      return { code: await command.run(running.context, { args, print }), lines };
    },
  } satisfies Partial<PluginTest>;
}

function contextOf({ host }: World, id: string) {
  const running = host.all().find((plugin) => plugin.id === id);
  if (running) return running.context;
  throw new Error(`plugin ${id} did not start: ${reasonOf(host.state(), id)}`);
}

function stateOf({ host }: World, id: string) {
  const report = host.state().find((plugin) => plugin.id === id);
  if (report) return report;
  throw new Error(`plugin ${id} is not in the report`);
}

const reasonOf = (states: readonly { id: string; reason?: string }[], id: string): string =>
  states.find((state) => state.id === id)?.reason ?? 'no reason';
