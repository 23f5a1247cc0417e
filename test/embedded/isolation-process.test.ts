import { type NoisyServed, serveNoisy } from '../kit/noisy/served';

/**
 * What an administrator sees of a plugin that holds the loop, throws in a timer, and leaks, and what
 * the others of the same machine feel of it. Real processes under the real supervisor.
 */
let served: NoisyServed;
afterEach(async () => {
  expect(await served.stop()).toBe(0);
});

const figures: string[] = [];
afterAll(() => {
  process.stderr.write(`${figures.join('\n')}\n`);
});

const said = (msg: string, plugin?: string) => (line: { msg: string; plugin?: unknown }) =>
  line.msg === msg && (plugin === undefined || line.plugin === plugin);

const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const VISITORS = 4;

/** Some people who ask one page after the other until told to stop; the times, slowest last. */
function neighbour(): { stop(): Promise<readonly number[]> } {
  let isOver = false;
  const times: number[] = [];
  const visit = async (): Promise<void> => {
    while (!isOver) {
      const began = performance.now();
      expect(await served.get('/login')).toBe(200);
      times.push(performance.now() - began);
    }
  };
  const work = Promise.all(Array.from({ length: VISITORS }, visit));
  return {
    async stop() {
      isOver = true;
      await work;
      return times.sort((a, b) => a - b);
    },
  };
}
const at = (times: readonly number[], share: number): number =>
  Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN);

it('names the plugin that holds the loop while it does, and a neighbour goes on beside it', async () => {
  served = await serveNoisy(2, {});
  // Production: names of plugins are nobody's business.
  const page = await fetch(new URL('/login', served.url));
  expect(page.headers.get('Server-Timing')).toBeNull();
  const calm = neighbour();
  await delay(1_500);
  const before = await calm.stop();
  const others = neighbour();
  const spin = served.get('/noisy/spin?ms=2500');

  const told = await served.said(said('loop/blocked', 'noisy'));
  const wasUnderWay = await Promise.race([spin.then(() => false), delay(0).then(() => true)]);
  expect(await spin).toBe(200);
  const during = await others.stop();

  expect(wasUnderWay).toBe(true);
  expect(told).toMatchObject({ plugin: 'noisy', hook: expect.stringMatching(/^route:/) });
  expect(String(told['at'])).toContain('noisy/plugin.js');
  const freed = await served.said(said('loop/freed', 'noisy'));
  expect(Number(freed['ms'])).toBeGreaterThan(1_000);
  // Whoever had a page under way in that process waited; the others were given to the other one.
  expect(at(during, 0.9)).toBeLessThan(Number(freed['ms']) / 2);
  const reports = await Promise.all([served.report(0), served.report(1)]);
  const stats = reports.flatMap(({ plugins }) => plugins).find(({ blocked }) => blocked > 0);
  expect(stats).toMatchObject({ plugin: 'noisy', blocked: 1 });
  expect(reports.flatMap(({ incidents }) => incidents)).toMatchObject([{ plugin: 'noisy' }]);
  figures.push(
    `held for ${String(freed['ms'])} ms, told after ${String(told['ms'])} ms: ${String(told['at'])}`,
    `neighbour, 2 processes: p50 ${at(before, 0.5)} → ${at(during, 0.5)} ms, p99 ${at(before, 0.99)} → ${at(during, 0.99)} ms, ${during.length} pages, 0 lost`,
  );
}, 90_000);

it('takes it out of service everywhere when it does so for two people, work that nobody awaited included', async () => {
  served = await serveNoisy(1, {});

  expect(await served.get('/noisy/spin?ms=2500')).toBe(200);
  await served.said(said('loop/freed', 'noisy'));
  expect(await served.get('/noisy/spin-later?ms=2500', '127.0.0.2')).toBe(200);
  const told = await served.said(said('plugin/quarantined', 'noisy'));

  expect(told).toMatchObject({ reason: expect.stringContaining('2 times') });
  await served.said(said('plugin/quarantined-everywhere', 'noisy'));
  expect(await served.get('/noisy/fine')).not.toBe(200);
  expect(await served.get('/login')).toBe(200);
}, 90_000);

it('takes it from one person, in every process, who makes it do so twice, and from nobody else', async () => {
  served = await serveNoisy(2, {});

  expect(await served.get('/noisy/spin?ms=1500', '127.0.0.2')).toBe(200);
  await served.said(said('loop/freed', 'noisy'));
  expect(await served.get('/noisy/spin?ms=1500', '127.0.0.2')).toBe(200);
  const told = await served.said(said('plugin/suspended-everywhere', 'noisy'));
  const everywhere = () => served.log().filter(said('plugin/suspended', 'noisy')).length;
  await served.said(() => everywhere() === 2);

  expect(told).toMatchObject({ who: 'from 127.0.0.2' });
  for (let round = 0; round < 4; round++) {
    expect(await served.get('/noisy/fine', '127.0.0.2')).toBe(503);
    expect(await served.get('/login', '127.0.0.2')).toBe(200);
    expect(await served.get('/noisy/fine')).toBe(200);
  }
  expect(served.log().filter(said('plugin/quarantined'))).toEqual([]);
  const { suspended } = await served.report();
  expect(suspended).toMatchObject([{ plugin: 'noisy', who: 'from 127.0.0.2' }]);
}, 90_000);

it('replaces a process whose loop does not come back', async () => {
  served = await serveNoisy(1, { stuckSeconds: 2 });
  const before = (await served.report()).process.pid;

  const lost = served.get('/noisy/spin?ms=60000').catch(() => 'cut');
  const told = await served.said(said('loop/stuck', 'noisy'));
  expect(await lost).toBe('cut');

  expect(await served.get('/login')).toBe(200);
  const { process: now } = await served.report();
  expect(now.pid).not.toBe(before);
  expect(now.startedFor).toContain('noisy');
  figures.push(`stuck: told after ${String(told['ms'])} ms, replaced: "${now.startedFor}"`);
}, 90_000);

it('starts without a plugin that threw in a timer twice, and tells of both times', async () => {
  served = await serveNoisy(1, {});
  const watched = (count: number) =>
    served.said(() => served.log().filter(({ msg }) => msg === 'loop/watched').length >= count);

  expect(await served.get('/noisy/timer')).toBe(200);
  await watched(2);
  // Until the new process has taken over.
  while ((await served.get('/noisy/timer')) !== 200) await delay(50);
  await served.said(said('plugin/quarantined-everywhere', 'noisy'));
  await watched(3);

  expect(await served.get('/noisy/fine')).not.toBe(200);
  const why = expect.stringContaining('uncaught exception');
  expect((await served.report()).restarts).toMatchObject([
    { plugin: 'noisy', why },
    { plugin: 'noisy', why },
  ]);
}, 90_000);

it('serves on through a throw in a timer, and through a reload, without losing a page', async () => {
  served = await serveNoisy(1, {});
  const first = (await served.report()).process.pid;
  const visitor = neighbour();

  expect(await served.get('/noisy/timer')).toBe(200);
  await served.said(said('plugin/quarantined', 'noisy'));
  await served.said(said('process/restart'));
  await served.said(({ msg, why }) => msg === 'process/started' && String(why).includes('noisy'));
  const second = await another(first);
  served.child.kill('SIGHUP');
  const third = await another(second.pid);

  const times = await visitor.stop();
  expect(second.startedFor).toContain('uncaught exception in plugin noisy');
  expect(third.startedFor).toBe('reload');
  figures.push(
    `timer and reload: 2 replacements, ${times.length} pages, 0 lost, p99 ${at(times, 0.99)} ms`,
  );
}, 90_000);

it.each([1, 2])(
  'starts %d anew however often all of them are killed',
  async (workers) => {
    served = await serveNoisy(workers, {});

    for (let round = 1; round <= 3; round++) {
      const running = served.log().filter(said('process/started')).slice(-workers);
      for (const { pid } of running) process.kill(Number(pid), 'SIGKILL');
      // The second and third time nobody serves until the wait is over.
      await served.said(() => watched() === workers * (round + 1));
    }

    expect(await served.get('/login')).toBe(200);
    expect(served.child.exitCode).toBeNull();
  },
  90_000,
);

const watched = (): number => served.log().filter(({ msg }) => msg === 'loop/watched').length;

it('goes on to answer while it stops, whatever a plugin forgets to await', async () => {
  served = await serveNoisy(1, {});

  const late = served.get('/noisy/float-slowly?ms=1500');
  // Under way once another one is answered: its stop leaves to each what it has begun.
  expect(await served.get('/noisy/fine')).toBe(200);
  const stopped = served.stop();

  expect(await late).toBe(200);
  expect(await stopped).toBe(0);
  expect(served.log().filter(said('plugin/floating-rejection', 'noisy'))).toHaveLength(1);
}, 90_000);

it('says who leaks, and replaces the process at its limit', async () => {
  served = await serveNoisy(1, { memoryMb: 320 });
  const first = (await served.report()).process;
  let asked = 0;
  let told: unknown;
  const done = served.said(said('process/memory-grows')).then((line) => {
    told = line;
  });

  while (told === undefined) {
    expect(await served.get('/noisy/leak')).toBe(200);
    asked += 1;
    await Promise.race([done, delay(100)]);
  }
  const replaced = await served.said(said('process/replaced'));
  const now = await another(first.pid);

  expect(told).toMatchObject({ leaks: [{ plugin: 'noisy' }] });
  expect(String(replaced['why'])).toMatch(/memory \d+ MB above 320 MB: noisy holds/);
  expect(now.rssMb).toBeLessThan(320);
  figures.push(`leak: ${asked} requests, "${String(replaced['why'])}", then ${now.rssMb} MB`);
}, 120_000);

/** The process that has come in another one's place, once it answers its operator. */
async function another(
  pid: number,
): Promise<Awaited<ReturnType<NoisyServed['report']>>['process']> {
  for (;;) {
    const found = await served.report().catch(() => undefined);
    if (found?.process && found.process.pid !== pid) return found.process;
    await delay(100);
  }
}

it('names a plugin whose module throws in a timer before it serves, and serves without it', async () => {
  const plugin = `setInterval(() => { throw new Error('of the module'); }, 1);
module.exports = { id: 'tick', api: '^1.0', title: 'tick:title' };`;
  served = await serveNoisy(2, {}, { plugin });

  await served.said(said('plugin/uncaught-exception', 'tick'));
  const told = await served.said(said('plugin/quarantined-everywhere', 'tick'));
  expect(told['reason']).toContain('uncaught exception in plugin tick');
  expect(served.log().filter(said('process/fatal'))).toEqual([]);
  expect(await served.get('/login')).toBe(200);
  expect(await served.get('/noisy/fine')).toBe(200);
}, 90_000);
