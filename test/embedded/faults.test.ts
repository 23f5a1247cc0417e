import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import type { DemoStack } from '../../src/demo/stack';
import { WebAgent } from '../kit/agent';
import { composeForm } from '../kit/compose-page';
import type { Page } from '../kit/html';
import { memoryOf } from '../kit/memory-stack';

const ROOT = path.resolve(__dirname, '..', '..');
/** Every failure is told within this time (threats F2, L1). */
const TOLD_MS = 12_000;

const REFUSED = ['NOOP', 'STATUS', 'LIST', 'SELECT', 'SEARCH', 'FETCH', 'STORE', 'EXAMINE'].flatMap(
  (name) => [name, `UID ${name}`],
);

let demo: DemoApp;
const memory = (): DemoStack => memoryOf(demo);
const agent = (index: number) => {
  const found = demo.stack.agents[index];
  if (!found) throw new Error('no such agent');
  return found;
};
const signedIn = async (index: number): Promise<WebAgent> => {
  const web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const { username, password } = agent(index);
  expect((await web.signIn(username, password)).url).toMatch(/^\/mail\//);
  expect((await eventually(() => web.get('/mail/me/INBOX'))).status).toBe(200);
  return web;
};
/** Connections are tried again after a back-off of two seconds at most. */
const eventually = async (ask: () => Promise<Page>): Promise<Page> => {
  const until = performance.now() + TOLD_MS;
  let page = await ask();
  while (page.status !== 200 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    page = await ask();
  }
  return page;
};
const within = async <T>(work: Promise<T>): Promise<T> => {
  const started = performance.now();
  const result = await work;
  expect(performance.now() - started).toBeLessThan(TOLD_MS);
  return result;
};

beforeAll(async () => {
  demo = await startDemoApp({ root: ROOT, port: 0, app: { log: { level: 'silent' } } });
});
afterEach(() => {
  const { imap, smtp, ldap } = memory();
  for (const { faults } of [imap, smtp, ldap]) faults.clear();
});
afterAll(async () => {
  await demo?.stop();
});

describe('the directory', () => {
  it.each(['down', 'silent'] as const)(
    'being %s is never a wrong password',
    async (how) => {
      memory().ldap.faults[how](true);
      const web = new WebAgent(`http://127.0.0.1:${demo.port}`);

      const page = await within(web.signIn(agent(3).username, agent(3).password));
      memory().ldap.faults.clear();
      const again = await web.signIn(agent(3).username, agent(3).password);

      expect([503, 504]).toContain(page.status);
      expect(page.text).not.toMatch(/incorrect/);
      expect(again.status).toBe(200);
    },
    60_000,
  );
});

describe('the mail server', () => {
  it('being down is told on the page with a reference, and recovers by itself', async () => {
    const web = await signedIn(0);
    memory().imap.faults.down(true);

    const page = await within(web.get('/mail/me/INBOX'));
    memory().imap.faults.clear();
    const after = await eventually(() => web.get('/mail/me/INBOX'));

    expect([502, 503, 504]).toContain(page.status);
    expect(page.text).toContain(page.headers.get('x-request-id') ?? 'no id');
    expect(page.all((e) => 'data-uid' in e.attribs)).toHaveLength(0);
    expect(page.find('role', 'alert')).toBeDefined();
    expect(after.status).toBe(200);
    expect(after.all((e) => 'data-uid' in e.attribs)).toHaveLength(50);
  }, 60_000);

  it('accepting and saying nothing ends in a 504, other requests unharmed', async () => {
    const web = await signedIn(0);
    memory().imap.faults.silent(true);

    const [page, login] = await Promise.all([
      within(web.get('/mail/me/INBOX')),
      within(new WebAgent(`http://127.0.0.1:${demo.port}`).get('/login')),
    ]);
    memory().imap.faults.clear();

    expect([503, 504]).toContain(page.status);
    expect(login.status).toBe(200);
    expect((await eventually(() => web.get('/mail/me/INBOX'))).status).toBe(200);
  }, 60_000);

  it('refusing an action says so and leaves the message where it is', async () => {
    const web = await signedIn(0);
    const page = await web.get('/mail/me/INBOX');
    const row = page.all((e) => 'data-uid' in e.attribs)[0];
    memory().imap.faults.refuse('UID MOVE', 'not today');

    const answer = await web.post('/mail/me/INBOX/actions/move', [
      ['_csrf', page.one('name', 'csrf-token').attribs['content'] ?? ''],
      ['uidvalidity', page.one('data-message-list').attribs['data-uidvalidity'] ?? ''],
      ['uid', row?.attribs['data-uid'] ?? ''],
      ['to', 'Archive'],
    ]);
    memory().imap.faults.clear();
    const after = await web.get('/mail/me/INBOX');

    expect(answer.status).toBe(502);
    expect(after.find('data-uid', row?.attribs['data-uid'])).toBeDefined();
  }, 60_000);

  it('refusing every command is its failure (502), not a conflict of the agent’s', async () => {
    const web = await signedIn(0);
    const list = await web.get('/mail/me/INBOX');
    const uid = list.all((e) => 'data-uid' in e.attribs)[0]?.attribs['data-uid'] ?? '';
    for (const command of REFUSED) memory().imap.faults.refuse(command, 'not today');

    const pages = [
      await web.get('/mail/me/INBOX'),
      await web.get(`/mail/me/INBOX/${uid}`),
      await web.get('/mail/me/INBOX?q=budget'),
      await web.post('/mail/me/INBOX/actions/flag', [
        ['_csrf', list.one('name', 'csrf-token').attribs['content'] ?? ''],
        ['uidvalidity', list.one('data-message-list').attribs['data-uidvalidity'] ?? ''],
        ['uid', uid],
        ['flag', 'flagged'],
        ['on', '1'],
      ]),
    ];

    expect(pages.map(({ status }) => status)).toEqual([502, 502, 502, 502]);
    expect(pages[1]?.text).toContain(pages[1]?.headers.get('x-request-id') ?? 'no id');
  }, 60_000);

  it('with a new UIDVALIDITY answers 409 and touches nothing', async () => {
    const web = await signedIn(1);
    const page = await web.get('/mail/me/INBOX');
    const before = memory().imap.mailbox(agent(1).username, 'INBOX').length;

    const answer = await web.post('/mail/me/INBOX/actions/delete', [
      ['_csrf', page.one('name', 'csrf-token').attribs['content'] ?? ''],
      ['uidvalidity', '1234'],
      ['uid', page.all((e) => 'data-uid' in e.attribs)[0]?.attribs['data-uid'] ?? ''],
    ]);

    expect(answer.status).toBe(409);
    expect(memory().imap.mailbox(agent(1).username, 'INBOX')).toHaveLength(before);
  });

  it('answers 404 to a message that is gone', async () => {
    const web = await signedIn(1);

    expect((await web.get('/mail/me/INBOX/4000000000')).status).toBe(404);
    expect((await web.get('/mail/me/Nowhere')).status).toBe(404);
  });
});

describe('the sending server', () => {
  const send = async (web: WebAgent, subject: string): Promise<Page> => {
    const page = await web.get('/compose');
    return web.submit(page, {
      form: composeForm,
      button: 'send',
      fill: { to: agent(1).mail, subject, text: 'un texte précieux', format: 'plain' },
    });
  };
  const count = (subject: string): number =>
    memory().smtp.transactions.filter(({ raw }) => raw.toString().includes(subject)).length;

  it('being down keeps the text and says that nothing left', async () => {
    const web = await signedIn(0);
    memory().smtp.faults.down(true);

    const page = await within(send(web, 'panne-smtp'));

    expect(page.status).toBe(503);
    expect(page.text).toContain('un texte précieux');
    expect(count('panne-smtp')).toBe(0);
  }, 60_000);

  it('losing its answer is said to be unknown, and is not sent again by itself', async () => {
    const web = await signedIn(0);
    memory().smtp.faults.dropAfterData();

    const page = await within(send(web, 'issue-inconnue'));
    const draft = composeForm(page).attribs['action'] ?? '';
    const again = await web.get(draft);

    expect(page.status).toBe(502);
    expect(page.text).toContain('un texte précieux');
    expect(again.status).toBe(200);
    expect(count('issue-inconnue')).toBeLessThanOrEqual(1);
  }, 60_000);

  it('refusing a recipient for good keeps the draft and names the address', async () => {
    const web = await signedIn(0);
    memory().smtp.faults.reject(agent(1).mail, 550);

    const page = await send(web, 'refusé-550');

    expect(page.status).toBe(422);
    expect(page.text).toContain('un texte précieux');
    expect(page.text).toContain(agent(1).mail);
  }, 60_000);

  it('receives one message from two clicks at once', async () => {
    const web = await signedIn(0);
    const page = await web.get('/compose');
    const click = () =>
      web.submit(page, {
        form: composeForm,
        button: 'send',
        fill: { to: agent(1).mail, subject: 'deux-clics', text: 'une fois', format: 'plain' },
      });

    const answers = await Promise.all([click(), click(), click()]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(count('deux-clics')).toBe(1);
  }, 60_000);
});
