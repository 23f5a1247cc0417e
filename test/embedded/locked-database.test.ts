import path from 'node:path';
import { type Knex, knex } from 'knex';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import type { Page } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');
/** What a person waits at most, the page included. */
const PATIENCE_MS = 5_000;

let demo: DemoApp;
let other: Knex;

beforeAll(async () => {
  demo = await startDemoApp({ root: ROOT, port: 0, app: { log: { level: 'silent' } } });
  const { filename } = demo.app.db.knex.client.config.connection;
  other = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
}, 60_000);
afterAll(async () => {
  await other?.destroy();
  await demo?.stop();
});

const agent = () => {
  const [found] = demo.stack.agents;
  if (!found) throw new Error('no agents');
  return found;
};
/** How the support of the ministry is reached, as each page of a failure says. */
const support = (): string => {
  const found = demo.app.sites.find(({ id }) => id === agent().site)?.support;
  return found?.phone ?? found?.mail ?? 'no support';
};
const browser = (): WebAgent => new WebAgent(demo.url);
async function signedIn(): Promise<WebAgent> {
  const web = browser();
  await web.signIn(agent().username, agent().password);
  // Mail as it is read all day: the first page opens connections.
  expect((await web.get('/mail/me/INBOX')).status).toBe(200);
  // Longer ago than what is noted without a write.
  const seen_at = new Date(Date.now() - 600_000).toISOString();
  await demo.app.db.knex('sessions').update({ seen_at });
  return web;
}

/** While another program holds the file, as a copy or a repair does. */
async function whileLocked(how: 'IMMEDIATE' | 'EXCLUSIVE', work: () => Promise<void>) {
  await other.raw(`BEGIN ${how}`);
  try {
    await work();
  } finally {
    await other.raw('ROLLBACK');
  }
}

async function within(work: Promise<Page>): Promise<Page> {
  const startedMs = performance.now();
  const page = await work;
  expect(performance.now() - startedMs).toBeLessThan(PATIENCE_MS);
  return page;
}

function expectTold(page: Page, text: string): void {
  expect(page.status).toBe(503);
  expect(Number(page.headers.get('Retry-After'))).toBeGreaterThan(0);
  expect(page.text).toContain(text);
  expect(page.text).toContain(support());
}

describe.each(['IMMEDIATE', 'EXCLUSIVE'] as const)('a database locked by BEGIN %s', (how) => {
  it('keeps no page from being read', async () => {
    const web = await signedIn();

    await whileLocked(how, async () => {
      for (const page of ['/mail/me/INBOX', '/security', '/settings/display']) {
        expect([page, (await within(web.get(page))).status]).toEqual([page, 200]);
      }
    });

    const before = await demo.app.db.knex('sessions').max('seen_at as at').first();
    await web.get('/security');
    const after = await demo.app.db.knex('sessions').max('seen_at as at').first();
    expect(after?.at > before?.at).toBe(true);
  }, 60_000);

  it('is told to who signs in', async () => {
    await whileLocked(how, async () => {
      const page = await within(browser().signIn(agent().username, agent().password));
      expectTold(page, 'Réessayez dans un instant');
    });
  }, 60_000);

  it('is told by /health while open sessions are served', async () => {
    await whileLocked(how, async () => {
      // Answers are kept for a moment.
      let said = '';
      while (said !== 'degraded') {
        const answer = await fetch(new URL('/health', demo.url));
        expect(answer.status).toBe(200);
        said = ((await answer.json()) as { status: string }).status;
      }
    });
  }, 60_000);

  it('leaves no session in the browser that signs out', async () => {
    const web = await signedIn();
    const inbox = await web.get('/mail/me/INBOX');
    const token = inbox.one('name', '_csrf').attribs['value'] ?? '';

    await whileLocked(how, async () => {
      expectTold(await within(web.post('/logout', [['_csrf', token]])), 'pas pu être fermée');
    });

    expect((await web.get('/mail/me/INBOX')).url).toMatch(/^\/login/);
  }, 60_000);
});

it('a session that cannot be read is told on a page of the ministry, with its support', async () => {
  const web = await signedIn();
  const { client } = demo.app.db.knex;
  const held = await client.acquireConnection();
  try {
    expectTold(await within(web.get('/security')), 'Réessayez dans un instant');
  } finally {
    await client.releaseConnection(held);
  }
}, 60_000);
