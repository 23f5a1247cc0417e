import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { formFields } from '../kit/html';
import { memoryOf } from '../kit/memory-stack';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
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
    const uid = memoryOf(demo).imap.deliver(agent?.username ?? '', original(lines));
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
