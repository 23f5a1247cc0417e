import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createApp } from '../../src/app';
import { demoFiles } from '../../src/demo/config-files';
import { startDemoStack } from '../../src/demo/stack';
import { parseAppConfig } from '../../src/sites';
import { ADMINS, agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import { codeOf, enrolApplication, giveCode } from '../kit/factor-visit';
import { movingClock } from '../kit/moving-clock';

const ROOT = path.resolve(__dirname, '..', '..');
const STEP_MS = 30_000;

const clock = movingClock();
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'estafette-factor-key-'));
let stack: Awaited<ReturnType<typeof startDemoStack>>;
let app: Awaited<ReturnType<typeof createApp>> | undefined;
let port = 0;

/** The same installation, started with a server key. */
async function startWith(secretKey: string): Promise<void> {
  await app?.stop();
  const files = demoFiles(stack, { port: 0, dataDir });
  const config = parseAppConfig(
    {
      root: ROOT,
      app: { ...files.app, log: { level: 'silent' } },
      plugins: { grants: { twofactor: ['audit', 'db', 'notice', 'session.end'] } },
      sites: [
        {
          file: 'config/sites/saisons.json',
          value: {
            ...files.sites.saisons,
            plugins: { twofactor: true },
            choices: [],
            groups: [
              {
                id: 'dsi',
                title: 'Direction du numérique',
                match: { logins: [agentOf(ADMINS.platform).username] },
                permissions: ['admin.access'],
              },
            ],
          },
        },
      ],
    },
    { ...files.secrets, ESTAFETTE_SECRET_KEY: secretKey },
  );
  app = await createApp(config, { clock });
  port = (await app.start()).port;
}

beforeAll(async () => {
  stack = await startDemoStack({ seed: false });
  mkdirSync(path.join(dataDir, 'uploads'), { recursive: true });
}, 60_000);
afterAll(async () => {
  await app?.stop();
  await stack?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const keyOf = (word: string): string => createHash('sha256').update(word).digest('base64');
async function signIn(index: number) {
  const web = new WebAgent(`http://127.0.0.1:${port}`);
  const { username, password } = agentOf(index);
  return { web, page: await web.signIn(username, password) };
}

it('survives a new server key: nobody in, no error, words to act on, recovery codes as before', async () => {
  await startWith(keyOf('old'));
  const agent = await signIn(ADMINS.agent);
  const { secret, codes } = await enrolApplication(agent.web, clock);
  const administrator = await signIn(ADMINS.platform);
  const own = await enrolApplication(administrator.web, clock);
  await startWith(keyOf('new'));
  clock.forward(3 * STEP_MS);

  const { web, page } = await signIn(ADMINS.agent);
  expect(page.url).toBe('/twofactor/challenge');
  const asked = await web.get('/twofactor/challenge');
  expect([asked.status, asked.text]).toEqual([
    200,
    expect.stringContaining('ne peut plus vérifier les codes de votre application'),
  ]);
  const csrf = asked.one('name', '_csrf').attribs['value'] ?? '';
  const posted = await web.post('/twofactor/challenge', [
    ['_csrf', csrf],
    ['code', codeOf(secret, clock)],
  ]);
  expect(posted.status).toBe(422);
  expect((await web.raw('/mail/me/INBOX')).status).toBe(302);
  expect((await giveCode(web, codes[0] ?? '')).url).toBe('/twofactor/recovered');
  expect((await web.raw('/mail/me/INBOX')).status).toBe(200);

  const lines = await app?.audit.list({ limit: 50 });
  expect(lines?.filter(({ event }) => event === 'twofactor:unreadable')).toHaveLength(1);
  const head = await signIn(ADMINS.platform);
  await giveCode(head.web, own.codes[0] ?? '');
  const overview = await head.web.get('/admin');
  expect(overview.text).toContain('data-twofactor-unreadable');
  expect(overview.text).toContain('2 agents ont une application de codes');
}, 60_000);
