import { createServer } from 'node:net';
import { systemClock } from '../../../src/base/clock';
import { AppError } from '../../../src/base/errors';
import type { ImapAccess } from '../../../src/imap';
import { Backoff } from '../../../src/imap/backoff';
import { ConnectionSet } from '../../../src/imap/connection-set';

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A set of two places; each connection is opened with the next of these. */
function aSet(servers: readonly Pick<ImapAccess, 'server' | 'serverNow'>[]): ConnectionSet {
  const next = servers.values();
  const unused = (): void => undefined;
  return new ConnectionSet({
    clock: systemClock,
    limits: {
      connections: 2,
      waiting: 10,
      connectMs: 5_000,
      commandMs: 5_000,
      idleCloseMs: 60_000,
      burstCloseMs: 60_000,
      sameMailboxMs: 20,
      quietMs: 60_000,
      firstQuietMs: 60_000,
      pollMs: 60_000,
    },
    backoff: new Backoff(systemClock),
    access: () => {
      const { value } = next.next();
      if (!value) throw new Error('one connection too many');
      return { key: 'k', credential: () => ({ username: 'a', password: 'b' }), ...value };
    },
    onConnected: unused,
    onEvent: unused,
    onRest: unused,
    onLost: unused,
  });
}

describe('those who wait for a connection', () => {
  it('wait on while another one is on its way, and hear when that fails too', async () => {
    const server = { host: '127.0.0.1', port: await closedPort(), security: 'none' as const };
    let refuse: (error: AppError) => void = () => undefined;
    const asked = new Promise<never>((_resolve, reject) => {
      refuse = reject;
    });
    const set = aSet([{ server }, { server, serverNow: () => asked }]);
    const until = Date.now() + 5_000;
    const first = set.acquire('INBOX', until, false);
    const second = set.acquire('Sent', until, false);
    const third = set.acquire('Drafts', until, false);
    const heard: string[] = [];
    third.catch(() => heard.push('third'));

    await expect(first).rejects.toThrow('imap/unreachable');
    await new Promise(setImmediate);
    expect({ heard, waiting: set.waiting }).toEqual({ heard: [], waiting: 1 });

    refuse(new AppError('imap/timeout'));
    await expect(second).rejects.toThrow('imap/timeout');
    await expect(third).rejects.toThrow('imap/timeout');
    set.close();
  });
});
