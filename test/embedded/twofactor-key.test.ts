import { createHash } from 'node:crypto';
import { ADMINS, agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import {
  type FactorInstallation,
  type FactorProcess,
  factorInstallation,
} from '../kit/factor-stand';
import { codeOf, enrolApplication, giveCode } from '../kit/factor-visit';
import { movingClock } from '../kit/moving-clock';

const STEP_MS = 30_000;

const clock = movingClock();
let installation: FactorInstallation;
let running: FactorProcess | undefined;

/** The same installation, started with a server key. */
async function startWith(key: string): Promise<void> {
  await running?.app.stop();
  running = await installation.start({ ESTAFETTE_SECRET_KEY: key });
}

beforeAll(async () => {
  installation = await factorInstallation(clock, [ADMINS.platform]);
}, 60_000);
afterAll(() => installation?.close());

const keyOf = (word: string): string => createHash('sha256').update(word).digest('base64');
async function signIn(index: number) {
  const web = new WebAgent(running?.base ?? '');
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

  const lines = await running?.app.audit.list({ limit: 50 });
  expect(lines?.filter(({ event }) => event === 'twofactor:unreadable')).toHaveLength(1);
  const head = await signIn(ADMINS.platform);
  await giveCode(head.web, own.codes[0] ?? '');
  const overview = await head.web.get('/admin');
  expect(overview.text).toContain('data-twofactor-unreadable');
  expect(overview.text).toContain('2 agents ont une application de codes');
}, 60_000);
