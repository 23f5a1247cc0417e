import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import type { DemoStack } from '../../src/demo/stack';
import { WebAgent } from '../kit/agent';
import { formFields } from '../kit/html';

const ROOT = path.resolve(__dirname, '..', '..');

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  demo = await startDemoApp({ root: ROOT, port: 0, app: { log: { level: 'silent' } } });
  web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const [agent] = demo.stack.agents;
  if (!agent) throw new Error('no agent');
  await web.signIn(agent.username, agent.password);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const original = (lines: number): string =>
  [
    'From: Odile <odile@example.test>',
    'To: capucine@example.test',
    `Subject: long de ${lines} lignes`,
    'Date: Sat, 21 Nov 2026 09:00:00 +0100',
    `Message-ID: <long-${lines}@example.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    ...Array.from({ length: lines }, (_, index) => `Ligne ${index} du compte rendu de la réunion.`),
    '',
  ].join('\r\n');

it.each([
  ['reply', 10, false],
  ['reply', 6_000, true],
  ['reply', 70_000, true],
  ['forward', 70_000, true],
])(
  '%s to a text of %i lines quotes its beginning',
  async (mode, lines, isShortened) => {
    const [agent] = demo.stack.agents;
    if (!agent || !('faults' in demo.stack.imap)) throw new Error('needs the servers in memory');
    const uid = (demo.stack as DemoStack).imap.deliver(agent.username, original(lines));
    const list = await web.get('/mail/me/INBOX');
    const uidvalidity = /uidvalidity=(\d+)/.exec(list.text)?.[1] ?? '';

    const page = await web.get(`/compose?${mode}=INBOX%2F${uid}&uidvalidity=${uidvalidity}`);
    const form = page.all(
      (e) => e.name === 'form' && /^\/compose\/[^/]+$/.test(e.attribs['action'] ?? ''),
    )[0];
    const fields = form ? new Map(formFields(page, form)) : new Map<string, string>();
    const text = fields.get('text') ?? '';

    expect(page.status).toBe(200);
    expect(text).toContain('Ligne 9 du compte rendu');
    expect(text.includes('La suite du message d’origine')).toBe(isShortened);
  },
  60_000,
);
