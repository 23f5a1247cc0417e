import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import {
  type AuditStream,
  createAuditStream,
  createSink,
  type Sink,
  verifyAudit,
} from '../../../src/audit';
import { silentLog } from '../../../src/base/log';
import { createCertificate } from '../../../src/demo/real/certificate';
import type { AuditStreamSettings } from '../../../src/kernel/config-schema';
import type { Database } from '../../../src/kernel/db-types';
import { until } from '../../kit/until';
import { aLog, keys, marees, openLog, START } from './kit';

let db: Database;
let dir: string;
const undo: (() => unknown)[] = [];
beforeEach(async () => {
  db = await openLog();
  dir = mkdtempSync(path.join(tmpdir(), 'audit-'));
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  await db.close();
  rmSync(dir, { recursive: true });
});

/** A time that tests move; the stream looks when it is told to. */
const time = { now: 0 };
const clock = { now: () => time.now, after: () => () => {}, every: () => () => {} };
beforeEach(() => {
  time.now = START + 10_000_000;
});

function stream(sink: Sink, holder = 'one'): AuditStream {
  const made = createAuditStream({ db, clock, log: silentLog(), sink, name: 'soc', holder });
  undo.push(() => made.stop());
  return made;
}

const syslog = (more: object): AuditStreamSettings => ({
  kind: 'syslog',
  transport: 'tcp',
  host: '127.0.0.1',
  allowPlain: false,
  appName: 'estafette',
  ...more,
});

/** Reads octet-counted messages (RFC 6587 3.4.1). */
function messagesOf(text: string): string[] {
  const found: string[] = [];
  let rest = Buffer.from(text);
  for (;;) {
    const [, length = ''] = /^(\d+) /.exec(rest.toString('latin1').slice(0, 12)) ?? [];
    const end = length.length + 1 + Number(length);
    if (length === '' || rest.length < end) return found;
    found.push(rest.subarray(length.length + 1, end).toString());
    rest = rest.subarray(end);
  }
}

interface Collector {
  readonly port: number;
  /** Each connection's text, in order. */
  readonly texts: string[];
  readonly sockets: Socket[];
  ids(): number[];
}

async function collect(server: Server, event = 'connection'): Promise<Collector> {
  const texts: string[] = [];
  const sockets: Socket[] = [];
  server.on(event, (socket: Socket) => {
    const index = texts.push('') - 1;
    sockets.push(socket);
    socket.on('data', (chunk) => {
      texts[index] += chunk.toString();
    });
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, texts, sockets, ids: () => idsOf(texts.flatMap(messagesOf)) };
}

const jsonOf = (message: string): Record<string, unknown> =>
  JSON.parse(message.slice(message.indexOf('{'))) as Record<string, unknown>;
const idsOf = (messages: readonly string[]): number[] =>
  messages.map((one) => Number(jsonOf(one)['id']));
const cursor = async (): Promise<number | undefined> =>
  ((await db.knex('audit_cursors').first('line')) as { line: number } | undefined)?.line;

async function lines(count: number, audit = aLog(db)) {
  for (let n = 0; n < count; n += 1) {
    await audit.record({
      site: marees,
      actor: 'eléonore',
      event: 'session:refused',
      target: 'a\u2028"b\\',
      remote: '192.0.2.1',
      details: { code: 'session/credentials' },
    });
  }
  return audit;
}

describe('a file', () => {
  const settings = () => ({ kind: 'file' as const, path: path.join(dir, 'soc', 'audit.jsonl') });
  const read = () =>
    readFileSync(settings().path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('receives each line once, as JSON, with its place in the chain', async () => {
    await lines(3);
    const soc = stream(createSink(settings()));
    soc.wake();
    await until('all sent', async () => (await cursor()) === 3);

    expect(read().map(({ id }) => id)).toEqual([1, 2, 3]);
    const { heads } = await verifyAudit({ db, keys });
    expect(read()[2]).toMatchObject({
      site: 'marees',
      actor: 'eléonore',
      event: 'session:refused',
      details: { code: 'session/credentials' },
      chain: { seq: 3, hash: heads[0]?.hash, key: keys.currentId },
    });
    expect(statSync(settings().path).mode & 0o777).toBe(0o600);
  });

  it('goes on where it was, in a file that was rotated and by another process', async () => {
    const audit = await lines(2);
    const first = stream(createSink(settings()));
    first.wake();
    await until('sent', async () => (await cursor()) === 2);
    await first.stop();
    renameSync(settings().path, `${settings().path}.1`);

    await lines(2, audit);
    const second = stream(createSink(settings()), 'two');
    second.wake();
    await until('sent', async () => (await cursor()) === 4);

    expect(read().map(({ id }) => id)).toEqual([3, 4]);
  });

  it('is fed by one process at a time, and by another once the first is dead', async () => {
    await lines(1);
    const first = stream(createSink(settings()));
    first.wake();
    await until('sent', async () => (await cursor()) === 1);
    const second = stream(createSink(settings()), 'two');
    await lines(1, aLog(db));
    // What it sends last of all would be sent by then.
    await second.stop();
    expect(await cursor()).toBe(1);

    time.now += 31_000;
    stream(createSink(settings()), 'two').wake();
    await until('taken over', async () => (await cursor()) === 2);
    expect(read().map(({ id }) => id)).toEqual([1, 2]);
  });

  it('is not held up by a line that somebody wrote into the table', async () => {
    await lines(1);
    const forged = { seq: 9, prev: 'x', hash: 'x', key_id: 'x' };
    const line = { at: 'x', site: marees, event: 'a:b', details: '{', ...forged };
    await db.knex('audit_log').insert(line);
    stream(createSink(settings())).wake();
    await until('sent', async () => (await cursor()) === 2);

    expect(read()[1]).toMatchObject({ id: 2, isBroken: true });
  });
});

describe('a syslog server by TCP', () => {
  it('receives messages of RFC 5424, counted in octets, in ASCII', async () => {
    const soc = await collect(createServer());
    await lines(2);
    stream(createSink(syslog({ port: soc.port }))).wake();
    await until('received', () => soc.ids().length === 2);

    const [first = ''] = messagesOf(soc.texts[0] ?? '');
    expect(first).toMatch(
      /^<108>1 2026-01-31T00:00:01\.000Z \S{1,255} estafette \d+ session:refused - \{"id":1,/,
    );
    expect(first).toMatch(/^[\x20-\x7e]+$/);
    expect(jsonOf(first)).toMatchObject({ actor: 'eléonore', target: 'a\u2028"b\\' });
  });

  it('gets again what was on its way when the connection broke, and nothing is left out', async () => {
    const soc = await collect(createServer());
    const audit = await lines(3);
    const feeding = stream(createSink(syslog({ port: soc.port })));
    feeding.wake();
    await until('received', () => soc.ids().length === 3);
    // Received by the system of the other side, but perhaps not by its program.
    expect(await cursor()).toBe(0);

    soc.sockets[0]?.destroy();
    await until('broken', () => soc.sockets[0]?.destroyed);
    await lines(1, audit);
    await until('sent again', () => {
      feeding.wake();
      time.now += 1_000;
      return soc.texts.length === 2 && messagesOf(soc.texts[1] ?? '').length === 4;
    });

    expect(idsOf(messagesOf(soc.texts[1] ?? ''))).toEqual([1, 2, 3, 4]);
    time.now += 6_000;
    feeding.wake();
    await until('settled', async () => (await cursor()) === 4);
  });

  it('that is down holds up nobody, is told when it is late, and is caught up with', async () => {
    const soc = await collect(createServer());
    const { port } = soc;
    const [closing] = undo.splice(-1);
    await closing?.();
    const audit = await lines(2);
    const feeding = stream(createSink(syslog({ port })));
    expect(await feeding.problem()).toContain('2 lines behind');

    feeding.wake();
    await until('told', async () => (await feeding.problem())?.includes('ECONNREFUSED'));
    const started = performance.now();
    await audit.record({ site: marees, event: 'session:opened' });
    expect(performance.now() - started).toBeLessThan(1_000);

    const back = createServer();
    const texts: string[] = [];
    back.on('connection', (socket) => {
      undo.push(() => socket.destroy());
      socket.on('data', (chunk) => texts.push(chunk.toString()));
    });
    back.listen(port, '127.0.0.1');
    await once(back, 'listening');
    undo.push(() => back.close());
    await until('caught up', () => {
      time.now += 61_000;
      feeding.wake();
      return idsOf(messagesOf(texts.join(''))).length >= 3;
    });
    time.now += 6_000;
    feeding.wake();
    await until('up to date', async () => (await feeding.problem()) === undefined);
  });

  it('sends what is left at the end of the process', async () => {
    const soc = await collect(createServer());
    const feeding = stream(createSink(syslog({ port: soc.port })));
    await lines(2);
    await feeding.stop();

    await until('received', () => soc.ids().length === 2);
  });
});

describe('a syslog server by TLS', () => {
  it('receives lines under a certificate that is trusted, and nothing under another', async () => {
    const { caFile, certFile, keyFile } = await createCertificate(dir);
    const server = createTlsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
    const soc = await collect(server, 'secureConnection');
    await lines(2);

    const trusting = createSink(syslog({ transport: 'tls', port: soc.port, caFile }));
    const strange = createSink(syslog({ transport: 'tls', port: soc.port }));
    const elsewhere = createSink(
      syslog({ transport: 'tls', port: soc.port, caFile, servername: 'soc.example' }),
    );
    await expect(strange.write(['{}'])).rejects.toThrow(/certificate|issuer/);
    await expect(elsewhere.write(['{}'])).rejects.toThrow('soc.example');
    expect(soc.ids()).toEqual([]);

    stream(trusting).wake();
    await until('received', () => soc.ids().length === 2);
    expect(soc.ids()).toEqual([1, 2]);
  });
});

it('sends datagrams on this machine', async () => {
  const server = createSocket('udp4');
  const received: string[] = [];
  server.on('message', (message) => received.push(message.toString()));
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => server.close());
  await lines(2);

  stream(createSink(syslog({ transport: 'udp', port: server.address().port }))).wake();

  await until('received', () => received.length === 2);
  expect(received[0]).toMatch(/^<108>1 /);
  expect(idsOf(received)).toEqual([1, 2]);
});
