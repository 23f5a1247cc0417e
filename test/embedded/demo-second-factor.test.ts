import path from 'node:path';
import { startDemo } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { enrolApplication } from '../kit/factor-visit';

const ROOT = path.resolve(__dirname, '..', '..');
const clock = { now: () => Date.now() };

let demo: Awaited<ReturnType<typeof startDemo>>;
const start = async (plugins: readonly string[] = []) => {
  demo = await startDemo({ root: ROOT, port: 0, dovecot: false, plugins });
};
afterEach(() => demo?.stop());

/** An account as whoever started the demonstration reads it, in a browser of theirs. */
async function signIn(username: string) {
  const account = demo.info.accounts.find((one) => one.username === username);
  if (!account) throw new Error(`no account ${username}`);
  const web = new WebAgent(demo.info.url);
  return { web, page: await web.signIn(username, account.password) };
}

describe('the second factor of `npm run demo`', () => {
  it('is asked of nobody who has set none up, but of one account, which is told', async () => {
    await start();
    const asked = new Map(demo.info.secondFactor?.map((one) => [one.username, one.asked]));
    expect([...asked.values()].sort()).toEqual(['later', 'now']);
    const first = demo.info.accounts[0]?.username ?? '';
    expect(asked.has(first)).toBe(false);

    for (const { username, site } of demo.info.accounts) {
      // The second site answers at another name, which not every resolver knows.
      if (site !== 'saisons') continue;
      const { web, page } = await signIn(username);
      const state = asked.get(username);
      expect([username, page.url]).toEqual([
        username,
        state === 'now' ? '/twofactor/challenge' : '/mail/me/INBOX',
      ]);
      if (state === 'now') {
        const { done } = await enrolApplication(web, clock);
        expect(done.text).toContain('data-recovery-code');
        expect((await web.get('/mail/me/INBOX')).status).toBe(200);
      } else {
        expect(page.text.includes('data-twofactor-banner')).toBe(state === 'later');
      }
    }
    const { web } = await signIn(first);
    expect((await web.get('/security')).text).toContain('href="/twofactor/"');
  }, 120_000);

  it('leaves the administration open to who only looks around, unless it is asked for', async () => {
    await start();
    expect((await (await signIn('odile.tramontane')).web.raw('/admin')).status).toBe(200);
    await demo.stop();
    await start(['twofactor']);

    expect((await (await signIn('odile.tramontane')).web.raw('/admin')).status).toBe(403);
  }, 120_000);
});
