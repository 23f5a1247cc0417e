import { rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { ErrorWatch } from '../../src/app/error-watch';
import type { Isolation } from '../../src/app/isolation';
import type { DemoApp } from '../../src/demo';
import type { ProcessNews } from '../../src/kernel/process-news';
import { ADMINS, signedIn, startAdminDemo } from '../kit/admin-stand';
import type { WebAgent } from '../kit/agent';
import { type Page, textOf } from '../kit/html';
import { tempTree } from '../unit/host/kit';

// The process of the tests has no supervisor: what one would tell is given, and nothing is watched.
let mockNews: ProcessNews = { restarts: [] };
jest.mock('../../src/app/error-watch', () => ({
  watchErrors: (): ErrorWatch => ({
    folders: [],
    keptOut: [],
    know: () => {},
    attach: () => {},
    quarantine: () => {},
    suspend: () => {},
    restart: () => {},
    stop: () => {},
  }),
}));
jest.mock('../../src/app/isolation', () => ({
  ...jest.requireActual<object>('../../src/app/isolation'),
  watchProcess: (): Isolation => ({
    report: () => ({
      ...mockNews,
      process: { pid: 1, slot: 0, startedFor: 'crash', uptimeS: 1, rssMb: 1, heapMb: 1 },
      incidents: [],
      suspended: [],
      leaks: [],
      plugins: [],
    }),
    stop: async () => {},
  }),
}));

const HERE = path.resolve(__dirname, '../..');
const HOUR_MS = 3_600_000;

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString();
const titlesOf = (page: Page): string[] =>
  page.all((e) => e.attribs['class'] === 'attention-title').map(textOf);
const notesOf = (page: Page): string[] => page.all((e) => e.attribs['role'] === 'note').map(textOf);

let root = '';
let demo: DemoApp;
let platform: WebAgent;
let site: WebAgent;
beforeAll(async () => {
  root = tempTree({
    'package.json': '{"version":"1.0.0"}',
    'plugins-npm/node_modules/estafette-plugin-tides/package.json': '{"version":"2.0.0"}',
    'plugins-npm/node_modules/estafette-plugin-tides/plugin.js': 'throw new Error("loaded");',
  });
  for (const name of ['locales', 'skins', 'dist'])
    symlinkSync(path.join(HERE, name), path.join(root, name));
  demo = await startAdminDemo(
    [],
    {},
    {},
    {
      root,
      plugins: { packages: ['estafette-plugin-tides'] },
      options: { ownsProcess: true },
    },
  );
  platform = await signedIn(demo, ADMINS.platform);
  site = await signedIn(demo, ADMINS.site);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  mockNews = { restarts: [] };
});

describe('processes that were replaced', () => {
  const restart = (at: string, pid: number, plugin?: string) => ({
    at,
    slot: 0,
    pid,
    why: `loop held in ${pid}`,
    plugin,
  });

  it('are told to who administers the platform, those of a day with the last reason', async () => {
    mockNews = {
      restarts: [
        restart(hoursAgo(25), 11),
        restart(hoursAgo(23), 12),
        restart(hoursAgo(1), 13, 'test-notes'),
      ],
    };

    const overview = await platform.get('/admin');
    const reasons = overview.all((e) => e.attribs['class'] === 'attention-reason').map(textOf);

    expect(titlesOf(overview)).toContainEqual(
      expect.stringMatching(/2 processus remplacés depuis vingt-quatre heures$/),
    );
    expect(reasons).toContain('loop held in 13');
    expect((await site.get('/admin')).text).not.toContain('loop held in');
  });

  it('are listed, the last one first, with the plugin that was the cause', async () => {
    mockNews = { restarts: [restart(hoursAgo(25), 11), restart(hoursAgo(1), 13, 'test-notes')] };

    const health = await platform.get('/admin/health');
    const rows = health
      .all((e) => e.name === 'tr')
      .map(textOf)
      .filter((text) => text.includes('loop held in'));

    expect(rows).toEqual([
      expect.stringMatching(/Notes d’essai.*loop held in 13.*13$/),
      expect.stringMatching(/loop held in 11.*11$/),
    ]);
    expect(rows[1]).not.toContain('Notes d’essai');
    expect((await site.get('/admin/health')).text).not.toContain('loop held in');
  });

  it('are no longer worth a look after a day', async () => {
    mockNews = { restarts: [restart(hoursAgo(25), 11)] };

    expect((await platform.get('/admin')).text).not.toContain('loop held in');
    expect((await platform.get('/admin/health')).text).toContain('loop held in 11');
  });
});

it('tells a reload that was refused before all else', async () => {
  mockNews = {
    restarts: [{ at: hoursAgo(1), slot: 0, pid: 11, why: 'memory' }],
    refusedReload: '2026-01-02T09:10:33.000Z',
  };

  const [first, second] = titlesOf(await platform.get('/admin'));

  expect(first).toMatch(/^Grave : Le rechargement du 2 janv\. 2026, 10:10:33 a été refusé$/);
  expect(second).toContain('Attention');
  expect((await site.get('/admin')).text).not.toContain('Le rechargement');
});

describe('a package that is on nowhere', () => {
  it('is listed as not loaded, and is nothing to look at', async () => {
    const [overview, plugins] = [
      await platform.get('/admin'),
      await platform.get('/admin/plugins'),
    ];

    expect(plugins.text).toContain('href="/admin/plugins/tides"');
    expect(plugins.text).toContain('Installée, non chargée');
    expect(overview.text).not.toContain('href="/admin/plugins/tides"');
    expect(overview.text).not.toContain('admin.attention.');
  });

  it('is said to wait for a reload before it is turned on', async () => {
    const preview = (value: string): Promise<Page> =>
      platform.get(
        `/admin/configuration/change?${new URLSearchParams({ site: 'saisons', path: 'tides.enabled', value }).toString()}`,
      );

    const waits = expect.stringContaining('son code n’est pas chargé');
    expect(notesOf(await preview('true'))).toContainEqual(waits);
    expect(notesOf(await preview('false'))).not.toContainEqual(waits);
    expect((await platform.get('/admin/plugins/tides')).text).toContain(
      'son code n’est pas chargé',
    );
  });
});
