import path from 'node:path';
import { delay } from '../../src/base/async';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { formAt } from '../kit/factor-visit';
import { type Page, textOf } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
const HOST = '127.0.0.1';

let demo: DemoApp;

interface Agent {
  readonly web: WebAgent;
  readonly mail: string;
  readonly name: string;
}
/** Invites. */
let carl: Agent;
/** Is asked. */
let ada: Agent;
/** Keeps Ada's calendar. */
let bob: Agent;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    site: (id, file) => ({
      ...file,
      hosts: [id === 'saisons' ? HOST : 'localhost'],
      plugins: { calendar: true },
    }),
    app: { log: { level: 'silent' } },
  });
  const signedIn = async (index: number): Promise<Agent> => {
    const agent = demo.stack.agents.filter(({ site }) => site === 'saisons')[index];
    if (!agent) throw new Error('no such agent');
    const web = new WebAgent(`http://${HOST}:${demo.port}`);
    await web.signIn(agent.username, agent.password);
    await web.get('/calendar');
    return { web, mail: agent.mail, name: agent.name };
  };
  [ada, bob, carl] = [await signedIn(0), await signedIn(1), await signedIn(2)];
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const eventOf = async (agent: Agent, title: string): Promise<string> =>
  /\/calendar\/event\?id=[^"]+/
    .exec((await agent.web.get(`/calendar?q=${encodeURIComponent(title)}`)).text)?.[0]
    .replaceAll('&amp;', '&') ?? '';

/** The message of a mailbox whose subject has some words. */
async function messageOf(agent: Agent, words: string): Promise<Page> {
  for (let tries = 0; tries < 100; tries += 1) {
    const list = await agent.web.get('/mail/me/INBOX');
    const found = list
      .all((one) => one.name === 'a' && /^\/mail\/me\/INBOX\/\d+/.test(one.attribs['href'] ?? ''))
      .find((one) => textOf(one).includes(words));
    if (found) return agent.web.get(found.attribs['href'] ?? '');
    await delay(100);
  }
  throw new Error(`no message "${words}"`);
}

const answer = (agent: Agent, page: Page, said: string): Promise<Page> =>
  agent.web.submit(page, {
    form: (at) => formAt(at, '/calendar/event/answer'),
    add: [['answer', said]],
  });

it('who may write in somebody’s calendar answers for them, and signs it', async () => {
  const title = 'Comité des marées';
  await ada.web.submit(await ada.web.get('/calendar/share?calendar=agenda'), {
    form: (at) => formAt(at, '/calendar/share'),
    fill: { who: bob.mail, rights: 'write' },
  });
  await carl.web.submit(await carl.web.get('/calendar/edit'), {
    form: (at) => formAt(at, '/calendar/edit'),
    fill: { summary: title, startDate: '2027-04-05', endDate: '2027-04-05', who: ada.mail },
    add: [['save', 'yes']],
  });
  const invited = await messageOf(ada, title);
  await ada.web.submit(invited, {
    form: (at) => formAt(at, '/calendar/invitation'),
    add: [['answer', 'tentative']],
  });

  const event = await bob.web.get(await eventOf(bob, title));
  expect(event.text).toContain(`Vous répondez pour ${ada.name}`);
  const answered = await answer(bob, event, 'accepted');
  expect(answered.status).toBe(200);
  expect(answered.text).toContain('aria-pressed="true"');
  // Who organises sees it at once, and whose hand it is.
  expect((await carl.web.get(await eventOf(carl, title))).text).toContain('Accepté');
  const told = await messageOf(carl, `Accepté`);
  const source = await carl.web.get(`${told.url.replace(/\?.*/, '')}/source`);
  const calendar = Buffer.from(
    /text\/calendar[\s\S]*?base64\s+([A-Za-z0-9+/=\s]+)/i.exec(source.text)?.[1] ?? '',
    'base64',
  ).toString();
  const text = `${calendar}${source.text}`.replace(/\r?\n[ \t]/g, '').toLowerCase();
  expect(text).toContain(`sent-by="mailto:${bob.mail.toLowerCase()}"`);
});

it('who only reads it answers for nobody', async () => {
  const title = 'Comité des vents';
  await ada.web.submit(await ada.web.get('/calendar/share?calendar=agenda'), {
    form: (at) => formAt(at, '/calendar/share'),
    fill: { who: bob.mail, rights: 'read' },
  });
  await carl.web.submit(await carl.web.get('/calendar/edit'), {
    form: (at) => formAt(at, '/calendar/edit'),
    fill: { summary: title, startDate: '2027-04-06', endDate: '2027-04-06', who: ada.mail },
    add: [['save', 'yes']],
  });
  await ada.web.submit(await messageOf(ada, title), {
    form: (at) => formAt(at, '/calendar/invitation'),
    add: [['answer', 'tentative']],
  });
  const event = await bob.web.get(await eventOf(bob, title));
  expect([event.status, event.text.includes('/calendar/event/answer')]).toEqual([200, false]);
  const id = /id=([^&"]+)/.exec(event.url)?.[1] ?? '';
  const csrf = /csrf-token" content="([^"]+)"/.exec(event.text)?.[1] ?? '';
  const forced = await bob.web.post('/calendar/event/answer', [
    ['_csrf', csrf],
    ['id', id],
    ['answer', 'accepted'],
  ]);
  expect(forced.status).toBe(403);
});
