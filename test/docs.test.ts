import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { addGauges, countJobRuns } from '../src/app/gauges';
import { coreJobs } from '../src/app/jobs';
import { configReference } from '../src/cli/docs-config';
import { pluginReference } from '../src/cli/docs-plugins';
import { createMeter, createMetrics } from '../src/kernel/meter';
import { createWebMetrics } from '../src/web/metrics';

const ROOT = path.resolve(__dirname, '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

function markdownBelow(dir: string): string[] {
  return readdirSync(path.join(ROOT, dir)).flatMap((name) => {
    const file = path.join(dir, name);
    if (statSync(path.join(ROOT, file)).isDirectory()) return markdownBelow(file);
    return name.endsWith('.md') ? [file] : [];
  });
}
const documents = [
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...markdownBelow('docs'),
  ...markdownBelow('plugins'),
];

/** First cells of the table below a title of the guide of operations, without quotes. */
const namesBelow = (title: string): string[] =>
  [
    ...(read('docs/operations.md').split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '').matchAll(
      /^\| (`.*?`) \| ([^|]*)/gm,
    ),
  ].map(([, name = '', second = '']) => `${name.replaceAll('`', '')} ${second.trim()}`);

describe('the guide of operations', () => {
  it('names the metrics of the program', async () => {
    const metrics = createMetrics();
    createMeter(metrics);
    createWebMetrics(metrics);
    const stats = () => ({ connections: 0, waiting: 0, queued: 0 });
    addGauges(metrics, { pool: { stats }, workers: { stats } });
    countJobRuns(metrics);

    const told = namesBelow('Metrics').map((row) => row.split(' ')[0]);
    const made = [...(await metrics.text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(made.length).toBeGreaterThan(8);
    expect(made.filter((name) => !told.includes(name))).toEqual([]);
  });

  it('names the jobs of the program and how often they run', () => {
    const idle = async () => 0;
    const jobs = coreJobs({
      audit: { purge: idle },
      auditDays: 365,
      sessions: { purgeExpired: idle },
      compose: { recover: idle, sweepUploads: idle },
    } as unknown as Parameters<typeof coreJobs>[0]);
    const told = namesBelow('Jobs').map((row) =>
      row.replace(' min', 'm').replace(' h', 'h').replace(' d', 'd').replace(' s', 's'),
    );
    expect(told).toEqual(jobs.map(({ id, every }) => `${id} ${every}`));
  });
});

describe('documents', () => {
  it('generated from code are current', () => {
    expect(read('docs/config.md')).toBe(configReference());
    for (const [file, text] of Object.entries(pluginReference(ROOT))) expect(read(file)).toBe(text);
  });

  it.each(documents)('%s links to files that exist', (file) => {
    const links = [...read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      (match) => match[1] ?? '',
    );
    const dead = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !existsSync(path.resolve(ROOT, path.dirname(file), link)));
    expect(dead).toEqual([]);
  });

  it('README stays short enough to be read', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(120);
  });

  it('name no server of ours, no machine path and no package host', () => {
    const told = documents.filter((file) =>
      /registry\.npmjs|\/work\/|\/root\/|\/home\/[a-z]+\//.test(read(file)),
    );
    expect(told).toEqual([]);
  });
});
