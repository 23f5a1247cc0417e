import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type * as AppModule from '../../src/app';
import { systemClock } from '../../src/base/clock';
import { silentLog } from '../../src/base/log';
import type { SiteId } from '../../src/base/types';
import type * as ConfigFilesModule from '../../src/demo/config-files';
import type * as StackModule from '../../src/demo/stack';
import type { FoundPlugin } from '../../src/host/discover';
import { createHooks } from '../../src/kernel/hooks';
import { createMeter, createMetrics } from '../../src/kernel/meter';
import { mailHooks } from '../../src/mail';
import type * as SitesModule from '../../src/sites';
import { typicalPlugin } from './hooks-plugins';
import { HttpClient } from './http-client';
import { percentile } from './stats';

const PLUGINS = 10;
const EMITS = 200_000;
const ROUNDS = 80;
/** Pages of one measure of CPU: the clock of the system counts in steps. */
const PAGES = 10;
const WARM_UP = 200; // until V8 has compiled what a page runs
const LIST = '/mail/me/INBOX';

/** What hooks and plugins cost, against no plugin at all. */
export interface HookFigures {
  /** One emit of a hook that nobody handles, in microseconds. */
  readonly emptyEmitUs: number;
  /** One emit with one synchronous handler. */
  readonly oneHandlerUs: number;
  /** CPU of one list page, in milliseconds. */
  readonly pageCpuMs: { readonly none: number; readonly ten: number };
  /** Share that ten plugins add. */
  readonly share: number;
  /** Bytes of HTML that one plugin adds to the page. */
  readonly bytesPerPlugin: number;
}

export async function measureHooks(options: {
  readonly root: string;
  readonly dir: string;
  readonly tell: (text: string) => void;
}): Promise<HookFigures> {
  const { root, dir, tell } = options;
  tell('emits…');
  const emits = await measureEmits();
  tell(`the list page with and without ${PLUGINS} plugins…`);
  const plugins = Array.from({ length: PLUGINS }, (_value, number) =>
    typicalPlugin(number, path.join(dir, 'plugins')),
  );
  const none = await Stand.start({ root, dir, name: 'none' }, []);
  const ten = await Stand.start({ root, dir, name: 'ten' }, plugins);
  try {
    for (const stand of [none, ten]) await stand.pages(WARM_UP);
    const times = { none: [] as number[], ten: [] as number[] };
    // In turn, so that what else the machine does hits both alike.
    for (let round = 0; round < ROUNDS; round++) {
      const [first, second] = round % 2 === 0 ? [none, ten] : [ten, none];
      const [one, other] = [await first.pages(PAGES), await second.pages(PAGES)];
      const [without, withTen] = round % 2 === 0 ? [one, other] : [other, one];
      times.none.push(without);
      times.ten.push(withTen);
    }
    // The lower quarter: what the rest of the machine adds to a measure is never negative.
    const pageCpuMs = { none: percentile(times.none, 25), ten: percentile(times.ten, 25) };
    return {
      ...emits,
      pageCpuMs,
      share: pageCpuMs.ten / pageCpuMs.none - 1,
      bytesPerPlugin: Math.round(((await ten.bytes()) - (await none.bytes())) / PLUGINS),
    };
  } finally {
    await none.stop();
    await ten.stop();
  }
}

async function measureEmits(): Promise<Pick<HookFigures, 'emptyEmitUs' | 'oneHandlerUs'>> {
  const hooks = createHooks({
    log: silentLog(),
    clock: systemClock,
    meter: createMeter(createMetrics()),
    isEnabled: () => true,
    rank: () => 0,
  });
  hooks.define(mailHooks);
  const scope = { site: 'bench' as SiteId };
  const event = { ref: {} } as Parameters<typeof hooks.action<'message:read'>>[2];
  const emit = async (count: number): Promise<number> => {
    const began = performance.now();
    for (let index = 0; index < count; index++) await hooks.action(scope, 'message:read', event);
    return ((performance.now() - began) * 1_000) / count;
  };
  const best = async (count: number): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 7; round++) times.push(await emit(count));
    return percentile(times, 50);
  };
  const emptyEmitUs = await best(EMITS);
  hooks.on('bench', 'message:read', () => undefined);
  const oneHandlerUs = await best(EMITS / 10);
  await hooks.idle();
  return { emptyEmitUs, oneHandlerUs };
}

/**
 * The product as it is installed: compiled. From sources each call of another module goes through
 * the loader's getters, which weighs most on what is called most.
 */
function compiled(root: string) {
  const load = (name: string): unknown => require(path.join(root, 'dist', 'src', name));
  const { createApp } = load('app.js') as typeof AppModule; // built from that very file
  const { demoFiles } = load('demo/config-files.js') as typeof ConfigFilesModule;
  const { startDemoStack } = load('demo/stack.js') as typeof StackModule;
  const { parseAppConfig } = load('sites/index.js') as typeof SitesModule;
  return { createApp, demoFiles, startDemoStack, parseAppConfig };
}

/** The product with some plugins, one person signed in. */
export class Stand {
  private constructor(
    private readonly app: AppModule.App,
    private readonly stack: Awaited<ReturnType<typeof StackModule.startDemoStack>>,
    private readonly http: HttpClient,
  ) {}

  /** In production mode, as it is installed. */
  static async start(
    { root, dir, name }: { readonly root: string; readonly dir: string; readonly name: string },
    plugins: readonly FoundPlugin[],
  ): Promise<Stand> {
    const { createApp, demoFiles, parseAppConfig, startDemoStack } = compiled(root);
    const stack = await startDemoStack();
    const dataDir = path.join(dir, name);
    mkdirSync(path.join(dataDir, 'uploads'), { recursive: true });
    const { app: file, sites, secrets } = demoFiles(stack, { port: 0, dataDir });
    const on = Object.fromEntries(plugins.map(({ id }) => [id, true]));
    const config = parseAppConfig(
      {
        root,
        app: { ...file, mode: 'production', log: { level: 'silent' } },
        plugins: {},
        sites: [{ file: 'config/sites/saisons.json', value: { ...sites.saisons, plugins: on } }],
      },
      { ...secrets, ESTAFETTE_SECRET_KEY: randomBytes(32).toString('base64') },
    );
    const app = await createApp(config, { extraPlugins: plugins });
    const { port } = await app.start();
    const running = app.plugins().filter(({ id, state }) => id in on && state === 'active');
    if (running.length !== plugins.length) throw new Error('the plugins do not run');
    const http = new HttpClient(`http://127.0.0.1:${port}`);
    const login = await http.get('/login');
    http.csrf = /name="_csrf" value="([^"]*)"/.exec(login.body.toString())?.[1] ?? '';
    const { username = '', password = '' } = stack.agents[0] ?? {};
    await http.post('/login', { username, password });
    return new Stand(app, stack, http);
  }

  /** Asks for so many list pages; CPU of one, in milliseconds. */
  async pages(count: number): Promise<number> {
    const before = process.cpuUsage();
    for (let index = 0; index < count; index++) await this.http.page(LIST);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / count;
  }

  async bytes(): Promise<number> {
    return (await this.http.page(LIST)).body.byteLength;
  }

  async stop(): Promise<void> {
    this.http.close();
    await this.app.stop();
    await this.stack.close();
  }
}

export const hookLines = ({
  emptyEmitUs,
  oneHandlerUs,
  pageCpuMs,
  share,
  bytesPerPlugin,
}: HookFigures): readonly string[] => [
  `an emit that nobody handles: ${emptyEmitUs.toFixed(2)} µs (aim: under 1)`,
  `an emit with one handler: ${oneHandlerUs.toFixed(2)} µs`,
  `ten plugins on the list page: ${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} % of its CPU time (aim: under 10); ${pageCpuMs.none.toFixed(1)} → ${pageCpuMs.ten.toFixed(1)} ms a page`,
  `page weight of one plugin: ${bytesPerPlugin} bytes of HTML`,
];
