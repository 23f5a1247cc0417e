import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DemoApp } from '../../src/demo';
import type { PluginRouter } from '../../src/host';
import { WebAgent } from '../kit/agent';
import { foundPlugin } from '../kit/found-plugin';
import { startTestDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let bodies: unknown[];
let dir: string;

const asked = (id: string, isPosted: boolean) =>
  foundPlugin(
    id,
    {
      contributes: {
        routes: async () => ({
          routes(router: PluginRouter) {
            router.get('/', () => ({ view: 'form', title: 'Form', model: {} }), { public: true });
            if (!isPosted) return;
            const taken = ({ body, user }: { body: unknown; user: unknown }) => {
              bodies.push({ body, user });
              return { json: {} };
            };
            router.post('/', taken, { public: true });
          },
        }),
      },
    },
    dir,
  );

beforeEach(async () => {
  bodies = [];
  dir = mkdtempSync(path.join(os.tmpdir(), 'estafette-test-'));
  mkdirSync(path.join(dir, 'views'));
  writeFileSync(path.join(dir, 'views', 'form.ejs'), '<h1>Form</h1>');
  demo = await startTestDemo({}, [asked('asks', true), asked('tells', false)]);
}, 60_000);
afterEach(async () => {
  await demo?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const guest = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);
const tokenOf = (text: string): string => /csrf-token" content="([^"]+)"/.exec(text)?.[1] ?? '';

describe('a public page of a plugin', () => {
  it('has a form that a browser without a session can send, and no other browser for it', async () => {
    const web = guest();
    const token = tokenOf((await web.get('/asks')).text);
    expect(token).not.toBe('');

    const fields = [
      ['_csrf', token],
      ['name', 'Zoé'],
    ] as const;
    expect((await web.post('/asks', fields)).status).toBe(200);
    expect(bodies).toEqual([{ body: { name: 'Zoé' }, user: undefined }]);

    expect((await guest().post('/asks', fields)).status).toBe(403);
    expect((await web.post('/asks', [['name', 'Zoé']])).status).toBe(403);
    expect((await web.post('/asks', fields, { Origin: 'https://evil.example' })).status).toBe(403);
    expect(bodies).toHaveLength(1);
  }, 60_000);

  it('keeps one token in all its windows, and sets no cookie where there is nothing to send', async () => {
    const web = guest();
    const first = tokenOf((await web.get('/asks')).text);
    await web.get('/asks');
    expect((await web.post('/asks', [['_csrf', first]])).status).toBe(200);

    const told = await guest().raw('/tells');
    expect([told.status, told.headers.getSetCookie()]).toEqual([200, []]);
    expect(told.headers.get('x-robots-tag')).toBe('noindex, nofollow');
  }, 60_000);
});
