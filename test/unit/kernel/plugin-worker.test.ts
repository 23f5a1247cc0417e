import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createPluginWorkers, type PluginWorkers } from '../../../src/kernel/plugin-worker';
import { memoryLog } from './fixtures/kit';

const plugin = { id: 'calendar', dir: path.join(__dirname, 'fixtures', 'plugin-tasks') };
let workers: PluginWorkers;
beforeAll(() => {
  process.env['ESTAFETTE_SECRET_OF_TEST'] = 'x';
  workers = createPluginWorkers(memoryLog());
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  delete process.env['ESTAFETTE_SECRET_OF_TEST'];
  await workers.close();
});

it('runs a file of the plugin, with or without its extension, and gives plain data back', async () => {
  expect(await workers.run(plugin, 'parse', { what: 'ok' })).toEqual({
    what: 'ok',
    at: new Date(0),
  });
  expect(await workers.run(plugin, './parse.ts', { what: 'env' })).toEqual([]);
  expect(workers.stats()).toMatchObject([{ plugin: 'calendar' }]);
});

it('ends a thread that hangs or fills its heap, and the next call has its answer', async () => {
  await expect(
    workers.run(plugin, 'parse', { what: 'hang' }, { timeoutMs: 300 }),
  ).rejects.toMatchObject({ code: 'worker/timeout' });
  await expect(
    workers.run(plugin, 'parse', { what: 'fill' }, { timeoutMs: 20_000 }),
  ).rejects.toMatchObject({ code: 'worker/timeout' });

  expect(await workers.run(plugin, 'parse', { what: 'ok' })).toMatchObject({ what: 'ok' });
});

it('refuses a result that is too large, and gives the error of the code', async () => {
  await expect(
    workers.run(plugin, 'parse', { what: 'grow', size: 2_000 }, { maxBytes: 1_000 }),
  ).rejects.toMatchObject({ code: 'request/budget' });
  expect(
    await workers.run(plugin, 'parse', { what: 'grow', size: 500 }, { maxBytes: 1_000 }),
  ).toHaveLength(500);
  await expect(workers.run(plugin, 'parse', { what: 'throw' })).rejects.toMatchObject({
    code: 'internal/unexpected',
  });
});

it('forgets a plugin with its threads, and waits for their end', async () => {
  const own = createPluginWorkers(memoryLog());
  await own.run(plugin, 'parse', { what: 'ok' });
  const hanging = own.run(plugin, 'parse', { what: 'hang' }, { timeoutMs: 20_000 });
  const failed = hanging.then(String, (error: unknown) => error);
  let end = (): void => {};
  const mayEnd = new Promise<void>((resolve) => {
    end = resolve;
  });
  const { terminate } = Worker.prototype;
  jest.spyOn(Worker.prototype, 'terminate').mockImplementation(async function held(this: Worker) {
    await mayEnd;
    return terminate.call(this);
  });
  let isClosed = false;

  own.forget('calendar');
  const closed = own.close().then(() => {
    isClosed = true;
  });

  expect(own.stats()).toEqual([]);
  await setImmediate();
  expect(isClosed).toBe(false);
  end();
  await closed;
  expect(await failed).toBeInstanceOf(Error);
});

it('runs nothing outside of the plugin, links included', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'plugin-'));
  symlinkSync(path.join(plugin.dir, 'parse.ts'), path.join(dir, 'link.ts'));
  const names = ['../kit.ts', '../kit', '/etc/passwd', 'absent', '', '.', 'link', 'link.ts'];

  for (const name of names) {
    await expect(workers.run({ id: 'x', dir }, name, {})).rejects.toMatchObject({
      code: 'request/forbidden',
    });
  }
  rmSync(dir, { recursive: true });
});
