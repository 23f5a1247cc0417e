import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer, type Server } from 'node:tls';
import { freePortRun } from '../../src/base/ports';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { createCertificate } from '../../src/demo/real/certificate';
import { WebAgent } from '../kit/agent';

const ROOT = path.resolve(__dirname, '..', '..');

let dir = '';
let stranger: Server;
/** Servers that are asked before the one that works. */
let first: Readonly<Record<'down' | 'of a wrong certificate', string>>;
let demo: DemoApp | undefined;

beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'ldap-failover-'));
  const { certFile, keyFile } = await createCertificate(dir);
  // Of an authority that nobody here trusts.
  stranger = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  stranger.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => {
    stranger.listen(0, '127.0.0.1', resolve);
  });
  const { port } = stranger.address() as AddressInfo; // a TCP server that listens
  first = {
    down: `ldap://127.0.0.1:${await freePortRun(1)}`,
    'of a wrong certificate': `ldaps://127.0.0.1:${port}`,
  };
}, 60_000);
afterEach(async () => {
  await demo?.stop();
  demo = undefined;
});
afterAll(async () => {
  await new Promise((resolve) => {
    stranger.close(resolve);
  });
  rmSync(dir, { recursive: true, force: true });
});

/** The sample ministry of the directory, with a server before its own. */
async function startWith(url: string): Promise<DemoApp> {
  return startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    site: (id, file) => {
      if (id !== 'saisons') return { ...file, hosts: ['marees.example'], plugins: {} };
      const { signIn } = file as { signIn: { ldap: { urls: readonly string[] } } }; // our own file
      const ldap = { ...signIn.ldap, urls: [url, ...signIn.ldap.urls] };
      return { ...file, hosts: ['127.0.0.1'], plugins: {}, signIn: { ...signIn, ldap } };
    },
  });
}

it.each(['down', 'of a wrong certificate'] as const)(
  'a first server that is %s leads to the second',
  async (how) => {
    demo = await startWith(first[how]);
    const agent = demo.stack.agents.find(({ site }) => site === 'saisons');
    const web = new WebAgent(`http://127.0.0.1:${demo.port}`);

    await web.signIn(agent?.username ?? '', agent?.password ?? '');

    expect((await web.raw('/settings/display')).status).toBe(200);
  },
  60_000,
);
