import type { ImapFlow } from 'imapflow';
import { breakIdle, exec, installTap, withTap } from '../../../src/imap/raw';

/** The library without one of the members that its types do not promise. */
function without(name: string): ImapFlow {
  const whole = { exec: jest.fn(), idling: true, preCheck: jest.fn(), handleResponse: jest.fn() };
  Reflect.deleteProperty(whole, name);
  return whole as unknown as ImapFlow;
}

it.each([
  ['handleResponse', async (client: ImapFlow) => installTap(client)],
  ['preCheck', breakIdle],
  ['exec', (client: ImapFlow) => exec(client, 'NOOP')],
] as const)('a library that lost %s fails by name, not by an empty answer', async (name, use) => {
  await expect(use(without(name))).rejects.toThrow(`imapflow has no ${name}`);
});

it('a connection without a tap does not pretend that nothing came', async () => {
  const client = without('nothing');
  await expect(
    withTap(
      client,
      () => true,
      () => Promise.resolve(1),
    ),
  ).rejects.toThrow('no tap');
  installTap(client);
  expect(
    await withTap(
      client,
      () => true,
      () => Promise.resolve(1),
    ),
  ).toBe(1);
});

it('nothing is done where nothing idles, before the first time and after it', async () => {
  const client = without('preCheck');
  Reflect.set(client, 'idling', false);
  await expect(breakIdle(client)).resolves.toBeUndefined();
  Reflect.set(client, 'preCheck', false);
  await expect(breakIdle(client)).resolves.toBeUndefined();
});
