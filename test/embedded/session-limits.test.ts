import path from 'node:path';
import type { SiteId, UserId } from '../../src/base/types';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { openEventStream } from '../kit/event-stream';
import { type MovingClock, movingClock } from '../kit/moving-clock';

const ROOT = path.resolve(__dirname, '..', '..');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HOSTS = { saisons: '127.0.0.1', marees: 'localhost' } as const;
const LIMITS: Readonly<Record<string, { idleMinutes: number; absoluteHours: number }>> = {
  saisons: { idleMinutes: 20, absoluteHours: 2 },
  marees: { idleMinutes: 90, absoluteHours: 3 },
};

let demo: DemoApp;
let clock: MovingClock;

beforeAll(async () => {
  clock = movingClock();
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' } },
    site: (id, file) => ({ ...file, hosts: [HOSTS[id]], session: LIMITS[id] }),
    options: { clock },
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

/** The site's first agent, signed in on its own host. */
async function signIn(site: keyof typeof HOSTS): Promise<WebAgent> {
  const agent = demo.stack.agents.find((one) => one.site === site);
  const web = new WebAgent(`http://${HOSTS[site]}:${demo.port}`);
  await web.signIn(agent?.username ?? '', agent?.password ?? '');
  return web;
}

/** 200, or the redirection to the sign-in. */
const statusOf = async (web: WebAgent): Promise<number> => {
  const answer = await web.raw('/settings/display');
  await answer.body?.cancel();
  return answer.status;
};
const tokenOf = async (web: WebAgent): Promise<string> =>
  (await web.get('/settings/display')).one('name', 'csrf-token').attribs['content'] ?? '';

describe('a session', () => {
  it('left alone ends after the minutes of its own site', async () => {
    const [strict, mild] = [await signIn('saisons'), await signIn('marees')];
    const before = [await statusOf(strict), await statusOf(mild)];

    clock.forward(21 * MINUTE_MS);
    const between = [await statusOf(strict), await statusOf(mild)];
    clock.forward(91 * MINUTE_MS);

    expect({ before, between, after: await statusOf(mild) }).toEqual({
      before: [200, 200],
      between: [302, 200],
      after: 302,
    });
  }, 60_000);

  it('in use ends after the hours of its own site', async () => {
    const [strict, mild] = [await signIn('saisons'), await signIn('marees')];
    const spend = async (hours: number): Promise<void> => {
      for (let spent = 0; spent < hours * 4; spent += 1) {
        clock.forward(HOUR_MS / 4);
        await Promise.all([statusOf(strict), statusOf(mild)]);
      }
    };

    await spend(1.75);
    const early = [await statusOf(strict), await statusOf(mild)];
    await spend(0.5);
    const later = [await statusOf(strict), await statusOf(mild)];
    await spend(1);

    expect({ early, later, last: await statusOf(mild) }).toEqual({
      early: [200, 200],
      later: [302, 200],
      last: 302,
    });
  }, 60_000);
});

describe('an event stream', () => {
  const streamOf = (web: WebAgent) =>
    openEventStream(`${web.base}/events?mailbox=INBOX`, web.cookies);

  it('ends when its session signs out', async () => {
    const web = await signIn('saisons');
    const stream = await streamOf(web);

    await web.post('/logout', [['_csrf', await tokenOf(web)]]);

    await stream.ended(5_000);
    expect(stream.status).toBe(200);
    expect((await streamOf(web)).status).toBe(401);
  }, 60_000);

  it('ends when another session of the same person ends all others', async () => {
    const [lost, mine] = [await signIn('saisons'), await signIn('saisons')];
    const [theirs, own] = [await streamOf(lost), await streamOf(mine)];
    const site = demo.app.sites.find(({ id }) => id === ('saisons' as SiteId));
    const loaded =
      site && (await demo.app.sessions.load(mine.cookie('estafette'), site, { touch: false }));
    if (!loaded) throw new Error('no session');
    const { id, user } = loaded.session;

    await demo.app.sessions.signOutUser(user.id as UserId, { except: id });

    await theirs.ended(5_000);
    await expect(own.ended(300)).rejects.toThrow('still open');
    own.close();
    expect([await statusOf(lost), await statusOf(mine)]).toEqual([302, 200]);
  }, 60_000);
});
