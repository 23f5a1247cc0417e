import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePortRun } from '../../../src/base/ports';
import { parse } from '../sites/support';
import { run } from './support';

const HOST = '127.0.0.1';
const open: http.Server[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((done) => void server.close(done))));
});

/** An operations listener; `undefined` when somebody else has the port. */
async function listen(port: number, report: object): Promise<number | undefined> {
  const server = http.createServer((_req, res) => res.end(JSON.stringify(report)));
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => resolve(true));
  });
  if (!isListening) return undefined;
  open.push(server);
  return (server.address() as AddressInfo).port;
}

const stats = (plugin: string, calls: number) => ({
  plugin,
  floating: 0,
  blocked: 0,
  leakedMb: 0,
  hooks: [
    {
      hook: 'route',
      calls,
      errors: 0,
      timeouts: 0,
      skips: 0,
      p50Ms: 1,
      p95Ms: 2,
      syncMs: 0,
      blockedMs: 0,
    },
  ],
});
const report = (slot: number) => ({
  process: { slot, pid: 100 + slot },
  plugins: [stats('tides', slot + 1)],
});

/** Processes on ports that follow one another, the others of the row being free or foreign. */
async function serve(row: readonly (object | undefined)[]): Promise<number> {
  for (let tries = 0; tries < 20; tries += 1) {
    const port = await freePortRun(1);
    const ports = await Promise.all(
      row.map(async (answer, index) => (answer ? listen(port + index, answer) : port + index)),
    );
    if (!ports.includes(undefined)) return port;
    for (const server of open.splice(0)) server.close();
  }
  throw new Error('no free ports in a row');
}

const costs = (port: number, ...args: string[]) =>
  run(['plugins', '--costs', ...args], {
    loadConfig: () => parse({ app: { metrics: { host: HOST, port } } }),
  });

it('asks every process, one that is away apart, and no other program', async () => {
  const port = await serve([report(0), undefined, report(2), report(3), { status: 'ok' }]);

  const { code, out } = await costs(port, '--json');

  expect(code).toBe(0);
  expect(JSON.parse(out).processes).toEqual(
    [0, 2, 3].map((slot) => ({ slot, pid: 100 + slot, plugins: report(slot).plugins })),
  );
});

it('names the process beside its figures', async () => {
  const { out } = await costs(await serve([report(0), report(1)]));

  expect(out).toMatch(
    /Process 0 \(pid 100\)\n.+\n.*tides\s+route\s+1 [\s\S]+Process 1 \(pid 101\)\n.+\n.*tides\s+route\s+2 /,
  );
});

it('says so when nobody answers', async () => {
  const { code, err } = await costs(await freePortRun(1));

  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is it running?') });
});
