import type { DemoApp } from '../../src/demo';
import { agentOf } from '../kit/admin-stand';
import type { WebAgent } from '../kit/agent';
import { type MoodyServer, startMoodyServer } from '../kit/moody-server';
import { signInTo, startTestDemo } from '../kit/signed-in-demo';

/** What a page may take whose directory says nothing: the deadline of a question, and some more. */
const PATIENCE_MS = 8_000;
const DOWN = 'L’annuaire ne répond pas. Vos contacts restent disponibles.';
let demo: DemoApp;
let moody: MoodyServer;
let web: WebAgent;

type File = { readonly signIn: { readonly ldap: { readonly urls: readonly string[] } } };

beforeAll(async () => {
  let behind = 0;
  moody = await startMoodyServer(() => behind);
  demo = await startTestDemo({
    site: (_id, file) => {
      const { signIn } = file as unknown as File;
      behind = Number(new URL(signIn.ldap.urls[0] ?? '').port);
      const ldap = { ...signIn.ldap, urls: [`ldap://127.0.0.1:${moody.port}`] };
      return { ...file, signIn: { ...signIn, ldap } };
    },
  });
  ({ web } = await signInTo(demo));
}, 60_000);
afterEach(() => moody.turn('well'));
afterAll(async () => {
  await demo?.stop();
  await moody?.close();
});

describe.each(['silent', 'nonsense'] as const)('a directory that is %s', (mood) => {
  it('is said on the pages of the directory, in time', async () => {
    expect((await web.get('/annuaire')).status).toBe(200);
    moody.turn(mood);

    // Never asked before: what was answered is remembered for a while.
    const dn = `uid=${mood},${agentOf(1).dn.replace(/^[^,]*,/, '')}`;
    for (const page of [`/annuaire?q=${mood}`, `/annuaire/entry?dn=${encodeURIComponent(dn)}`]) {
      const before = performance.now();
      const shown = await web.get(page);
      expect({ page, status: shown.status }).toEqual({ page, status: 503 });
      expect(shown.text.includes(DOWN)).toBe(true);
      expect(performance.now() - before).toBeLessThan(PATIENCE_MS);
    }
  }, 60_000);

  it('leaves mail and contacts alone', async () => {
    moody.turn(mood);

    const inbox = await web.get('/mail/me/INBOX');
    expect(inbox.status).toBe(200);
    const message = inbox.one('class', 'subject').attribs['href'] ?? '';
    expect((await web.get(message)).status).toBe(200);
    expect((await web.get('/contacts')).status).toBe(200);
    expect((await web.get('/compose?to=x@saisons.example')).status).toBe(200);
  }, 60_000);

  it('is asked again when it is well', async () => {
    moody.turn(mood);
    expect((await web.get(`/annuaire?q=${mood}-encore`)).status).toBe(503);
    moody.turn('well');

    expect((await web.get(`/annuaire?q=${mood}-encore`)).status).toBe(200);
  }, 60_000);
});
