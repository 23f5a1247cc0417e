import { createLocalBus } from '../../../src/kernel/bus';
import { memoryLog } from './fixtures/kit';

it('reaches every subscriber of the topic after the publisher has gone on', async () => {
  const bus = createLocalBus({ log: memoryLog().log });
  const got: unknown[] = [];
  bus.subscribe('session/closed', (payload) => void got.push(payload));
  bus.subscribe('session/closed', (payload) => void got.push(payload));
  bus.subscribe('other', () => void got.push('wrong'));

  const published = bus.publish('session/closed', { id: 'x' });
  expect(got).toEqual([]);
  await published;
  await Promise.resolve();

  expect(got).toEqual([{ id: 'x' }, { id: 'x' }]);
});

it('logs a handler that fails and serves the others', async () => {
  const { log, lines } = memoryLog();
  const bus = createLocalBus({ log });
  const got: unknown[] = [];
  bus.subscribe('t', () => Promise.reject(new Error('broken')));
  bus.subscribe('t', (payload) => void got.push(payload));

  await bus.publish('t', 1);
  await new Promise(setImmediate);

  expect(got).toEqual([1]);
  expect(lines).toMatchObject([{ msg: 'bus/handler-failed', topic: 't' }]);
});

it('gives each handler its own copy, as if it came from another process', async () => {
  const bus = createLocalBus({ log: memoryLog().log });
  const payload = { list: [1] };
  const got: unknown[] = [];
  bus.subscribe('t', (received) => void got.push(received));

  await bus.publish('t', payload);
  await Promise.resolve();

  expect(got).toEqual([payload]);
  expect(got[0]).not.toBe(payload);
});

it('stops at removal and at close', async () => {
  const bus = createLocalBus({ log: memoryLog().log });
  const got: unknown[] = [];
  const handler = () => void got.push('called');
  const remove = bus.subscribe('t', handler);
  bus.subscribe('t', handler);
  remove();
  await bus.publish('t', null);
  await Promise.resolve();
  expect(got).toHaveLength(1);

  await bus.close();
  await bus.publish('t', null);
  await Promise.resolve();
  expect(got).toHaveLength(1);
});
