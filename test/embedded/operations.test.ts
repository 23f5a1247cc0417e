import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';

const ROOT = path.resolve(__dirname, '..', '..');
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
};
let demo: DemoApp;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' }, metrics: { host: '127.0.0.1', port: 0 } },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const get = async (port: number | undefined, url: string) => {
  const answer = await fetch(`http://127.0.0.1:${port}${url}`);
  return { status: answer.status, text: await answer.text() };
};
const json = (text: string): unknown => JSON.parse(text);

/** What the web server answers to bytes as they are. */
const sendRaw = (request: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(demo.port, '127.0.0.1', () => socket.end(request));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

describe('health', () => {
  it.each(['/health', '/health/live', '/health/ready'])(
    'on the public listener is one word at %s',
    async (url) => {
      const { status, text } = await get(demo.port, url);

      expect(status).toBe(200);
      expect(json(text)).toEqual({ status: 'ok' });
    },
  );

  it('of plugins is nothing on the public listener, whatever the host', async () => {
    const names = demo.app.plugins().map(({ id }) => id);
    const hosts = ['127.0.0.1', 'elsewhere.example', demo.app.sites[0]?.hosts[0] ?? ''];

    const answers = await Promise.all(
      hosts.map((host) =>
        sendRaw(`GET /health/plugins HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
      ),
    );

    expect(names).not.toEqual([]);
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['404', '421', '404']);
    for (const name of names) expect(answers.join()).not.toContain(name);
  });

  it('is told in detail on the operations listener', async () => {
    const health = await get(demo.app.operationsPort(), '/health');
    const plugins = await get(demo.app.operationsPort(), '/health/plugins');

    expect([health.status, plugins.status]).toEqual([200, 200]);
    expect(json(health.text)).toMatchObject({
      status: 'ok',
      checks: expect.arrayContaining([
        { id: 'database', ok: true, ms: expect.any(Number) },
        { id: 'saisons:ldap', ok: true, ms: expect.any(Number) },
      ]),
    });
    expect(json(plugins.text)).toMatchObject({
      plugins: expect.arrayContaining([
        expect.objectContaining({ id: 'attachment-reminder', version }),
      ]),
    });
  });

  it('shares the operations listener with the metrics, and nothing else', async () => {
    expect((await get(demo.app.operationsPort(), '/metrics')).text).toContain('estafette_');
    expect((await get(demo.app.operationsPort(), '/login')).status).toBe(404);
  });
});

describe('a request that names no host', () => {
  const titles = () => demo.app.sites.map(({ title }) => title);

  it.each([
    ['an empty Host', 'GET /login HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', '421'],
    ['an empty Host in HTTP/1.0', 'GET /login HTTP/1.0\r\nHost:\r\n\r\n', '421'],
    ['no Host in HTTP/1.0', 'GET /login HTTP/1.0\r\n\r\n', '421'],
    ['no Host in HTTP/1.1', 'GET /login HTTP/1.1\r\nConnection: close\r\n\r\n', '400'],
  ])('by %s is refused, and shown no ministry', async (_what, request, status) => {
    const answer = await sendRaw(request);

    expect(answer.slice(9, 12)).toBe(status);
    for (const title of titles()) expect(answer).not.toContain(title);
  });
});
