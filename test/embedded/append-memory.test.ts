import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ImapFlow, ImapPool } from '../../src/imap';
import { aBench, anActor } from './mail-kit';

const MB = 1024 * 1024;
const SERVER = { host: '127.0.0.1', port: 9 };

const mockMemory = { held: 0, most: 0, reads: 0 };
// From the reading on, a message is in memory.
jest.mock('node:fs/promises', () => {
  const real = jest.requireActual<typeof import('node:fs/promises')>('node:fs/promises');
  const readFile = async (file: string): Promise<Buffer> => {
    const content = await real.readFile(file);
    mockMemory.reads++;
    mockMemory.held += content.length;
    mockMemory.most = Math.max(mockMemory.most, mockMemory.held);
    return content;
  };
  return { ...real, readFile };
});

/** A pool whose connections take their time with what they are given. */
function aSlowPool(): ImapPool {
  const append = async (_path: string, content: Buffer): Promise<{ destination: string }> => {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    mockMemory.held -= content.length;
    return { destination: _path };
  };
  const client: Partial<Record<keyof ImapFlow, unknown>> = {
    append,
    stats: () => ({ sent: 0, received: 0 }),
  };
  const unused = (): never => {
    throw new Error('not called here');
  };
  return {
    withMailbox: unused,
    withConnection: (_access, _options, fn) => fn(client as unknown as ImapFlow),
    verify: unused,
    watch: unused,
    close: () => undefined,
    closeAll: () => Promise.resolve(),
    stats: () => ({ accounts: 0, connections: 0, waiting: 0 }),
  };
}

it('never holds two messages of 25 MB at once, whoever files them', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'append-'));
  const file = path.join(dir, 'message.eml');
  await writeFile(file, '');
  await truncate(file, 25 * MB);
  const { mail } = aBench({ server: SERVER, mail: { pool: aSlowPool() } });
  const agents = ['alice', 'bob', 'carol', 'dave', 'erin'];

  await Promise.all(
    agents.map((username) =>
      mail.append(
        anActor({ server: SERVER, username }),
        'Sent',
        { path: file, sizeBytes: 25 * MB },
        { flags: ['\\Seen'], purpose: 'sent' },
      ),
    ),
  );

  expect(mockMemory).toEqual({ held: 0, most: 25 * MB, reads: agents.length });
  await rm(dir, { recursive: true, force: true });
});
