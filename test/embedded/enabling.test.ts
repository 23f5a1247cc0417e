import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Clock, systemClock } from '../../src/base/clock';
import type { SiteId } from '../../src/base/types';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import type { Page } from '../kit/html';
import { marksIn, type Probe, probePlugin, wordIn } from '../kit/probe-plugin';

const HOSTS = { saisons: '127.0.0.1', marees: 'localhost' } as const;
const ADMIN = { login: 'odile.tramontane' };
const [saisons, marees] = ['saisons' as SiteId, 'marees' as SiteId];
const GROUP = {
  id: 'observatoire',
  title: 'Observatoire des giboulées',
  match: { attribute: { departmentNumber: ['observatoire des  GIBOULÉES'] } },
};

/** Periodic work runs when a test says so, beside its own time. */
function tickingClock(): Clock & { tick(): void } {
  const every = new Set<() => void>();
  return {
    ...systemClock,
    every(ms, run) {
      every.add(run);
      const cancel = systemClock.every(ms, run);
      return () => {
        every.delete(run);
        cancel();
      };
    },
    tick: () => {
      for (const run of every) run();
    },
  };
}

let demo: DemoApp | undefined;
let probe: Probe;
beforeEach(() => {
  probe = probePlugin();
});
afterEach(async () => {
  await demo?.stop();
  demo = undefined;
  probe.remove();
});

interface Said {
  readonly saisons?: object;
  readonly marees?: object;
  readonly plugins?: object;
  readonly dataDir?: string;
  readonly clock?: Clock;
}

const start = ({ plugins = {}, dataDir, clock, ...sites }: Said): Promise<DemoApp> =>
  startDemoApp({
    root: probe.root,
    port: 0,
    seed: false,
    site: (id, file) => ({
      ...file,
      hosts: [HOSTS[id]],
      plugins: {},
      groups: [],
      choices: [],
      ...sites[id],
    }),
    plugins: { ...plugins },
    app: { log: { level: 'silent' }, ...(dataDir !== undefined && { dataDir }) },
    options: { extraPlugins: [probe.plugin], ...(clock && { clock }) },
  });
async function open(said: Said): Promise<DemoApp> {
  demo = await start(said);
  return demo;
}

async function signIn(app: DemoApp, username: string): Promise<WebAgent> {
  const agent = app.stack.agents.find((candidate) => candidate.username === username);
  if (!agent) throw new Error(`no agent ${username}`);
  const web = new WebAgent(`http://${HOSTS[agent.site]}:${app.port}`);
  await web.signIn(agent.username, agent.password);
  return web;
}
const capucine = (app: DemoApp) => signIn(app, 'capucine.martelet'); // of the service of GROUP
const odile = (app: DemoApp) => signIn(app, 'odile.tramontane'); // of another
const inbox = (web: WebAgent): Promise<Page> => web.get('/mail/me/INBOX');
const wordOf = async (web: WebAgent) => wordIn((await inbox(web)).text);
const statusOf = async (web: WebAgent, at: string) => (await web.raw(at)).status;
const change = (app: DemoApp, site: SiteId | '*', at: string, value: unknown) =>
  app.app.enabling.set({ site, path: at, value }, ADMIN);
const saveModules = async (web: WebAgent, on: boolean): Promise<Page> => {
  const page = await web.get('/settings/modules');
  const csrf = page.all((e) => e.attribs['name'] === '_csrf')[0]?.attribs['value'] ?? '';
  const fields = [['_csrf', csrf] as const, ...(on ? [['probe', 'on'] as const] : [])];
  return web.post('/settings/modules', fields, { Origin: web.base });
};

it('lays site over plugins.json over default, an administrator over them, and takes it back', async () => {
  const app = await open({
    plugins: { probe: { word: 'partout' } },
    saisons: { plugins: { probe: { word: 'saisons' } } },
    marees: { plugins: { probe: true } },
  });
  const web = await capucine(app);
  const other = await signIn(app, 'linh.clairbois');
  expect([await wordOf(web), await wordOf(other)]).toEqual(['saisons', 'partout']);

  const made = await change(app, saisons, 'probe.word', 'administration');
  expect([await wordOf(web), await wordOf(other)]).toEqual(['administration', 'partout']);

  await app.app.enabling.rollback(made?.id ?? 0, ADMIN);
  expect(await wordOf(web)).toBe('saisons');
});

it('leaves nothing of a plugin on the one site that does not have it', async () => {
  const app = await open({ saisons: { plugins: { probe: true } } });
  const web = await capucine(app);
  const other = await signIn(app, 'linh.clairbois');
  probe.pages.length = 0;

  const [here, there] = [await inbox(web), await inbox(other)];

  expect(marksIn(here.text)).toHaveLength(3);
  expect(marksIn(there.text)).toEqual([]);
  expect(await statusOf(web, '/probe')).toBe(200);
  expect(await statusOf(other, '/probe')).toBe(404);
  expect(probe.pages.map(({ scope }) => scope.site)).not.toContain(marees);
  const jobs = app.app.jobs.list().map(({ id }) => id);
  expect(jobs).toContain('probe:tick:saisons');
  expect(jobs).not.toContain('probe:tick:marees');
});

it('comes and goes with a change, its routes, pages and jobs with it', async () => {
  const app = await open({});
  const web = await capucine(app);
  expect(marksIn((await inbox(web)).text)).toEqual([]);

  await change(app, saisons, 'probe.enabled', true);

  expect(marksIn((await inbox(web)).text)).toHaveLength(3);
  expect(await statusOf(web, '/probe')).toBe(200);
  await app.app.jobs.runNow('probe:tick:saisons');
  expect(probe.runs).toEqual(['saisons']);

  await change(app, saisons, 'probe.enabled', undefined);

  expect(marksIn((await inbox(web)).text)).toEqual([]);
  await app.app.jobs.runNow('probe:tick:saisons');
  expect(probe.runs).toEqual(['saisons']);
});

it('is for a group that an attribute of the directory makes, with settings of its own', async () => {
  const app = await open({
    saisons: { groups: [{ ...GROUP, plugins: { probe: { word: 'giboulées' } } }] },
  });
  const [member, other] = [await capucine(app), await odile(app)];
  probe.pages.length = 0;

  expect(marksIn((await inbox(member)).text)).toHaveLength(3);
  expect(await wordOf(member)).toBe('giboulées');
  expect(marksIn((await inbox(other)).text)).toEqual([]);
  expect(await statusOf(other, '/probe')).toBe(404);
  // In a handler, by its scope.
  expect(probe.pages.length).toBeGreaterThan(0);
  for (const { scope, word } of probe.pages) {
    expect({ groups: scope.groups, word }).toEqual({ groups: ['observatoire'], word: 'giboulées' });
  }
  expect(await (await member.raw('/probe')).json()).toEqual({ word: 'giboulées' });
});

it('follows the choice of each agent', async () => {
  const app = await open({ saisons: { plugins: { probe: true }, choices: ['probe'] } });
  const [web, other] = [await capucine(app), await odile(app)];
  const page = await web.get('/settings/modules');
  expect(page.text).toContain('Sonde');
  expect(page.text).toContain('Montre où elle est.');

  await saveModules(web, false);

  expect(marksIn((await inbox(web)).text)).toEqual([]);
  expect(await statusOf(web, '/probe')).toBe(404);
  expect(marksIn((await inbox(other)).text)).toHaveLength(3);

  await saveModules(web, true);
  expect(marksIn((await inbox(web)).text)).toHaveLength(3);
});

it('goes on following the site for who leaves the choice as it is', async () => {
  const app = await open({ saisons: { plugins: { probe: true }, choices: ['probe'] } });
  const web = await capucine(app);
  await saveModules(web, true);

  await change(app, saisons, 'probe.enabled', false);

  expect(marksIn((await inbox(web)).text)).toEqual([]);
});

it('keeps a locked choice from agents, and says who decided', async () => {
  const app = await open({
    saisons: {
      plugins: { probe: true },
      choices: ['probe'],
      groups: [{ ...GROUP, locked: ['probe.enabled'] }],
    },
  });
  const [member, other] = [await capucine(app), await odile(app)];

  const page = await member.get('/settings/modules');
  await saveModules(member, false);
  await saveModules(other, false);

  expect(page.text).toContain('Fixé pour le groupe «\u00a0Observatoire des giboulées\u00a0»');
  expect(page.one('id', 'field-probe')?.attribs).toHaveProperty('disabled');
  expect(marksIn((await inbox(member)).text)).toHaveLength(3);
  expect(marksIn((await inbox(other)).text)).toEqual([]);
});

it('has no page of modules where the site leaves no choice', async () => {
  const app = await open({ saisons: { plugins: { probe: true } } });
  const web = await capucine(app);

  expect(await statusOf(web, '/settings/modules')).toBe(404);
  expect((await web.get('/settings/display')).text).not.toContain('/settings/modules');
});

it('is stopped everywhere at once, whoever turned it on', async () => {
  const app = await open({
    saisons: { choices: ['probe'] },
    marees: { plugins: { probe: true }, locked: ['probe.enabled'] },
  });
  const [web, other] = [await capucine(app), await signIn(app, 'linh.clairbois')];
  await saveModules(web, true);
  expect([await statusOf(web, '/probe'), await statusOf(other, '/probe')]).toEqual([200, 200]);

  await change(app, '*', 'probe.enabled', false);

  expect([await statusOf(web, '/probe'), await statusOf(other, '/probe')]).toEqual([404, 404]);
  expect(marksIn((await inbox(web)).text)).toEqual([]);
  expect((await web.get('/settings/modules')).text).toContain('Arrêté pour le moment');
});

it('is told to the other processes of the installation', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'estafette-two-'));
  mkdirSync(path.join(dataDir, 'uploads'));
  const clock = tickingClock();
  const said = { saisons: { plugins: { probe: true } }, dataDir };
  const first = await start(said);
  const second = await start({ ...said, clock });
  try {
    const isOn = () => second.app.host.running(saisons).some(({ id }) => id === 'probe');
    expect(isOn()).toBe(true);

    await change(first, saisons, 'probe.enabled', false);
    expect(isOn()).toBe(true);
    clock.tick();

    // The look has a query or two to make.
    for (let turn = 0; turn < 1_000 && isOn(); turn++) await new Promise(setImmediate);
    expect(isOn()).toBe(false);
  } finally {
    await second.stop();
    await first.stop();
    rmSync(dataDir, { recursive: true });
  }
});
