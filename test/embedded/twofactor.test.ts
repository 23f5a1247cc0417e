import path from 'node:path';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { ADMINS, agentOf } from '../kit/admin-stand';
import { WebAgent } from '../kit/agent';
import {
  codeOf,
  enrolApplication,
  formAt,
  recoveryOn,
  secretOn,
  sendTo,
} from '../kit/factor-visit';
import { movingClock } from '../kit/moving-clock';

const ROOT = path.resolve(__dirname, '..', '..');
const STEP_MS = 30_000;
const DAY_MS = 86_400_000;

const clock = movingClock();
let demo: DemoApp;

/** The demonstration with the plugin on for the first site. */
async function start(
  config: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' } },
    site: (id, file) =>
      id === 'saisons'
        ? {
            ...file,
            plugins: { twofactor: config },
            groups: [
              {
                id: 'dsi',
                title: 'Direction du numérique',
                match: {
                  logins: [agentOf(ADMINS.platform).username, agentOf(ADMINS.site).username],
                },
                permissions: ['admin.access', 'admin.platform'],
              },
            ],
            ...more,
          }
        : file,
    options: { clock },
  });
}
afterEach(async () => {
  await demo?.stop();
});

const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);
const credentials = (index: number) => {
  const { username, password } = agentOf(index);
  return [username, password] as const;
};

const codeAt = (secret: string): string => codeOf(secret, clock);
const enrol = (web: WebAgent) => enrolApplication(web, clock);

async function signOut(web: WebAgent): Promise<void> {
  const page = await web.get('/mail/me/INBOX');
  await web.post('/logout', [['_csrf', page.one('name', 'csrf-token').attribs['content'] ?? '']]);
}

const audited = async (): Promise<readonly string[]> =>
  (await demo.app.db.knex('audit_log').orderBy('id').select('event')).map(
    ({ event }: { event: string }) => event,
  );

describe('a second factor by a code', () => {
  it('is set up in two minutes, then asked, once a day in a browser', async () => {
    await start();
    const web = browser();
    expect((await web.signIn(...credentials(2))).url).toBe('/mail/me/INBOX');
    const { secret, codes } = await enrol(web);
    expect(codes).toHaveLength(4);

    await signOut(web);
    clock.forward(3 * STEP_MS);
    const asked = await web.signIn(...credentials(2));
    expect(asked.url).toBe('/twofactor/challenge');
    const page = await web.get('/twofactor/challenge');
    const before = web.cookie('estafette');
    const opened = await sendTo(web, page, '/twofactor/challenge', { code: codeAt(secret) });
    expect(opened.url).toBe('/mail/me/INBOX');
    expect(web.cookie('estafette')).not.toBe(before);

    await signOut(web);
    expect((await web.signIn(...credentials(2))).url).toBe('/mail/me/INBOX');
    const elsewhere = browser();
    expect((await elsewhere.signIn(...credentials(2))).url).toBe('/twofactor/challenge');
    await signOut(web);
    clock.forward(DAY_MS + STEP_MS);
    expect((await web.signIn(...credentials(2))).url).toBe('/twofactor/challenge');
  }, 60_000);

  it('opens nothing by a wrong code, and nothing twice by a right one', async () => {
    await start();
    const web = browser();
    await web.signIn(...credentials(2));
    const { secret } = await enrol(web);
    clock.forward(3 * STEP_MS);
    const code = codeAt(secret);
    const [one, two] = [browser(), browser()];
    for (const each of [one, two]) await each.signIn(...credentials(2));
    const wrong = await sendTo(one, await one.get('/twofactor/challenge'), '/twofactor/challenge', {
      code: '000000',
    });
    expect(wrong.status).toBe(422);
    expect((await one.raw('/mail/me/INBOX')).status).toBe(302);

    const right = await sendTo(one, await one.get('/twofactor/challenge'), '/twofactor/challenge', {
      code,
    });
    expect(right.url).toBe('/mail/me/INBOX');
    const replay = await sendTo(
      two,
      await two.get('/twofactor/challenge'),
      '/twofactor/challenge',
      {
        code,
      },
    );
    expect(replay.status).toBe(422);
    expect((await two.raw('/mail/me/INBOX')).status).toBe(302);
    expect(await audited()).toEqual(
      expect.arrayContaining(['twofactor:enrolled', 'twofactor:refused', 'twofactor:replayed']),
    );
  }, 60_000);

  it('leaves a token in the browser once somebody has signed in, and never before', async () => {
    await start();
    const web = browser();
    const page = await web.get('/login');
    const [username, password] = credentials(2);
    await sendTo(web, page, '/login', { username, password: 'wrong' });
    expect(web.cookie('estafette-device')).toBeUndefined();
    await sendTo(web, await web.get('/login'), '/login', { username, password });
    const token = web.cookie('estafette-device');
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$/);

    // It is kept from one sign-in to the next, and a planted one that is none of ours is not.
    await signOut(web);
    await web.signIn(username, password);
    expect(web.cookie('estafette-device')).toBe(token);
    await signOut(web);
    web.setCookie('estafette-device', 'A'.repeat(43));
    const form = await web.get('/login');
    const csrf = form.one('name', '_csrf').attribs['value'] ?? '';
    const body = new URLSearchParams({ _csrf: csrf, username, password });
    const answer = await web.raw('/login', { method: 'POST', body });
    const [line = ''] = answer.headers.getSetCookie().filter((one) => one.includes('-device='));
    expect(line).toMatch(
      /^estafette-device=[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=34560000$/,
    );
    const rows = JSON.stringify(await demo.app.db.knex('sessions').select());
    expect(rows).not.toContain(token?.slice(0, 43));
  }, 60_000);

  it('says when to come back, to who has tried too often', async () => {
    await start();
    const web = browser();
    await web.signIn(...credentials(2));
    await enrol(web);
    const guesser = browser();
    let page = await guesser.signIn(...credentials(2));
    for (let count = 0; count < 6; count += 1) {
      page = await guesser.get('/twofactor/challenge');
      page = await sendTo(guesser, page, '/twofactor/challenge', { code: '000000' });
    }

    expect(page.status).toBe(429);
    expect(Number(page.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(Number(page.headers.get('Retry-After'))).toBeLessThanOrEqual(30);
  }, 60_000);

  it('leads to the page that was asked for, of ours alone', async () => {
    await start();
    const web = browser();
    await web.signIn(...credentials(2));
    const { secret } = await enrol(web);
    for (const [next, landing] of [
      ['/settings/display', '/settings/display'],
      ['//evil.example/', '/mail/me/INBOX'],
    ] as const) {
      clock.forward(DAY_MS);
      const other = browser();
      const login = await other.get(`/login?next=${encodeURIComponent(next)}`);
      const [username, password] = credentials(2);
      const page = await sendTo(other, login, '/login', { username, password });
      const opened = await sendTo(other, page, '/twofactor/challenge', { code: codeAt(secret) });
      expect(opened.url).toBe(landing);
    }
  }, 60_000);

  it('is refused with the token of another session, and without any', async () => {
    await start();
    const web = browser();
    await web.signIn(...credentials(2));
    const { secret } = await enrol(web);
    clock.forward(3 * STEP_MS);
    const [one, two] = [browser(), browser()];
    await one.signIn(...credentials(2));
    await two.signIn(...credentials(2));
    const page = await two.get('/twofactor/challenge');
    const token = page.one('name', '_csrf').attribs['value'] ?? '';

    for (const fields of [[['_csrf', token]], []] as [string, string][][]) {
      const answer = await one.post('/twofactor/challenge', [...fields, ['code', codeAt(secret)]]);
      expect(answer.status).toBe(403);
    }
    expect((await one.raw('/mail/me/INBOX')).status).toBe(302);
  }, 60_000);

  it('keeps neither the secret nor the codes where they may be read', async () => {
    await start();
    const web = browser();
    await web.signIn(...credentials(2));
    const { secret, codes } = await enrol(web);
    const page = await web.get('/twofactor');

    expect(page.text).not.toContain(secret);
    for (const code of codes) expect(page.text).not.toContain(code);
    const lines = await demo.app.db.knex('audit_log').select();
    expect(JSON.stringify(lines)).not.toContain(secret);
    for (const code of codes) expect(JSON.stringify(lines)).not.toContain(code);
  }, 60_000);
});

describe('where a second factor is required', () => {
  it('is set up at sign-in, alone, before anything else opens', async () => {
    await start({ required: true, graceDays: 0 });
    const web = browser();
    const asked = await web.signIn(...credentials(2));
    expect(asked.url).toBe('/twofactor/challenge');
    expect((await web.raw('/mail/me/INBOX')).status).toBe(302);
    expect((await web.raw('/twofactor')).status).toBe(302);
    const ways = await web.get('/twofactor/challenge');
    expect(ways.text).toContain('/twofactor/enrol/totp');

    const { codes } = await enrol(web);
    expect(codes).toHaveLength(4);
    expect((await web.get('/mail/me/INBOX')).status).toBe(200);
  }, 60_000);

  it('cannot be passed by setting up another one', async () => {
    await start({ required: true, graceDays: 0 });
    const owner = browser();
    await owner.signIn(...credentials(2));
    // A page of enrolment that was opened before, kept by who knows the password.
    const thief = browser();
    await thief.signIn(...credentials(2));
    const kept = await thief.get('/twofactor/enrol/totp');
    await enrol(owner);

    const answer = await sendTo(thief, kept, '/twofactor/enrol/totp', {
      code: codeAt(secretOn(kept)),
    });
    expect(answer.url).toBe('/twofactor/challenge');
    expect((await thief.raw('/mail/me/INBOX')).status).toBe(302);
    expect((await thief.get('/twofactor/enrol/totp')).url).toBe('/twofactor/challenge');
  }, 60_000);

  it('is counted down on each page before', async () => {
    await start({ required: true, graceDays: 14 });
    const web = browser();
    const inbox = await web.signIn(...credentials(2));

    expect(inbox.text).toContain('data-twofactor-banner');
    expect(inbox.text).toContain('dans 14 jours');
  }, 60_000);
});

describe('where the network rule wants a second factor from outside', () => {
  it('is asked of everybody there, and not inside', async () => {
    const outside = { inside: ['198.51.100.0/24'], outside: 'factor' };
    await start({}, { protection: { networks: outside } });
    expect((await browser().signIn(...credentials(2))).url).toBe('/twofactor/challenge');
    await demo.stop();
    await start({}, { protection: { networks: { ...outside, inside: ['127.0.0.0/8'] } } });

    expect((await browser().signIn(...credentials(2))).url).toBe('/mail/me/INBOX');
  }, 60_000);

  it('opens to nobody where no plugin asks one', async () => {
    const networks = { inside: ['198.51.100.0/24'], outside: 'factor' };
    await start({}, { plugins: {}, protection: { networks } });
    const refused = await browser().signIn(...credentials(2));

    expect(refused.status).toBe(503);
  }, 60_000);
});

describe('somebody who is signed in', () => {
  it('proves it again by the password, later than a quarter of an hour', async () => {
    await start();
    const web = browser();
    await web.signIn(...credentials(2));
    clock.forward(16 * 60_000);
    const asked = await web.get('/twofactor/enrol/totp');
    expect(asked.url).toBe('/confirm?next=%2Ftwofactor%2Fenrol%2Ftotp');
    const wrong = await sendTo(web, asked, '/confirm', { password: 'not this one' });
    expect(wrong.status).toBe(422);

    const before = web.cookie('estafette');
    const right = await sendTo(web, wrong, '/confirm', { password: credentials(2)[1] });
    expect(right.url).toMatch(/^\/twofactor\/enrol\/totp\?slip=/);
    expect(right.status).toBe(200);
    expect(web.cookie('estafette')).not.toBe(before);
    const old = browser();
    old.setCookie('estafette', before ?? '');
    expect((await old.raw('/mail/me/INBOX')).status).toBe(302);
  }, 60_000);

  it('finds the name of an application again after the proof, and that nothing is made', async () => {
    await start();
    const web = browser();
    await web.signIn(...credentials(2));
    const page = await web.get('/security');
    clock.forward(16 * 60_000);
    const to = '/security/app-passwords';
    const asked = await sendTo(web, page, to, { name: 'Agenda' });
    const back = await sendTo(web, asked, '/confirm', { password: credentials(2)[1] });

    expect(back.url).toBe('/security?app=Agenda');
    expect(back.one('name', 'name').attribs['value']).toBe('Agenda');
    expect(back.text).toContain('« Agenda » n’est pas encore créé');
    const made = await sendTo(web, back, to);
    expect(made.text).toContain('data-app-password');
  }, 60_000);

  it('proves it by their factor once there is one: the password alone takes nothing away', async () => {
    await start();
    const web = browser();
    await web.signIn(...credentials(2));
    const { secret } = await enrol(web);
    clock.forward(3 * STEP_MS);

    const page = await web.get('/twofactor');
    const asked = await sendTo(web, page, '/twofactor/codes');
    expect(asked.url).toBe('/confirm?next=%2Ftwofactor');
    expect(asked.text).not.toContain('type="password"');
    const token = page.one('name', 'csrf-token').attribs['content'] ?? '';
    const byPassword = await web.post('/confirm', [
      ['_csrf', token],
      ['password', credentials(2)[1]],
      ['next', '/twofactor'],
    ]);
    expect(byPassword.url).toBe('/confirm?next=%2Ftwofactor');

    const challenge = await web.get('/twofactor/challenge?next=%2Ftwofactor');
    const back = await sendTo(web, challenge, '/twofactor/challenge', { code: codeAt(secret) });
    expect(back.url).toBe('/twofactor');
    const made = await sendTo(web, back, '/twofactor/codes');
    expect(recoveryOn(made)).toHaveLength(4);
  }, 60_000);

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/confirm?next=/confirm',
    '/\t/x',
  ])(
    'is led nowhere else than to a page of ours: %s',
    async (next) => {
      await start();
      const web = browser();
      await web.signIn(...credentials(2));
      const page = await web.get(`/confirm?next=${encodeURIComponent(next)}`);
      const done = await sendTo(web, page, '/confirm', { password: credentials(2)[1] });

      expect(done.url).toBe('/mail/me/INBOX');
    },
    60_000,
  );
});

it('opens the mailbox in the language that was chosen before the very first sign-in, and no later one', async () => {
  await start();
  const web = browser();
  await web.get('/login?lang=en');
  const first = await web.signIn(...credentials(3));
  await signOut(web);
  await web.get('/login?lang=fr');
  const second = await web.signIn(...credentials(3));

  expect(first.text).toContain('<html lang="en"');
  expect(second.text).toContain('<html lang="en"');
}, 60_000);

describe('administrators', () => {
  it('give their factor before the administration opens, also where their browser is remembered', async () => {
    await start();
    const web = browser();
    await web.signIn(...credentials(ADMINS.platform));
    const refused = await web.get('/admin');
    expect(refused.status).toBe(403);
    const [actions] = refused.all(({ attribs }) => attribs['class'] === 'error-actions');
    expect(
      JSON.stringify(actions?.children.map((one) => 'attribs' in one && one.attribs)),
    ).toContain('"/security"');
    const { secret } = await enrol(web);
    clock.forward(3 * STEP_MS);
    const asked = await web.get('/admin');
    expect(asked.url).toBe('/confirm?next=%2Fadmin');
    const challenge = await web.get('/twofactor/challenge?next=%2Fadmin');
    const opened = await sendTo(web, challenge, '/twofactor/challenge', { code: codeAt(secret) });

    expect(opened.url).toBe('/admin');
    expect(opened.status).toBe(200);

    // A change asks for a proof of the last half hour, in a page and in JSON alike.
    clock.forward(31 * 60_000);
    const form = [['_csrf', opened.one('name', 'csrf-token').attribs['content'] ?? '']] as const;
    const page = await web.post('/admin/configuration/change', form);
    const json = await web.post('/admin/configuration/change', form, {
      Accept: 'application/json',
    });
    expect(page.url).toBe('/confirm?next=%2Fadmin');
    expect([json.status, json.text]).toEqual([403, expect.stringContaining('session/unconfirmed')]);
  }, 60_000);

  it('reset the factors of an agent with four eyes', async () => {
    await start();
    const agent = browser();
    await agent.signIn(...credentials(2));
    const lost = await enrol(agent);
    await signOut(agent);
    expect((await browser().signIn(...credentials(2))).url).toBe('/twofactor/challenge');
    const eyes: WebAgent[] = [];
    for (const index of [ADMINS.platform, ADMINS.site]) {
      const web = browser();
      await web.signIn(...credentials(index));
      const { secret } = await enrol(web);
      clock.forward(3 * STEP_MS);
      const challenge = await web.get('/twofactor/challenge?next=%2Ftwofactor%2Fadmin');
      await sendTo(web, challenge, '/twofactor/challenge', { code: codeAt(secret) });
      eyes.push(web);
    }
    const [first, second] = eyes as [WebAgent, WebAgent];
    const form = await first.get('/twofactor/admin');
    const asked = await sendTo(first, form, '/twofactor/admin/ask', {
      person: credentials(2)[0],
      note: 'Téléphone perdu, identité vérifiée par son chef de service',
    });
    expect(asked.url).toBe('/twofactor/admin');
    expect(asked.find('data-action', 'grant-reset')).toBeUndefined();

    // Whoever sits in the account with what was lost does not stay there.
    const inside = browser();
    await inside.signIn(...credentials(2));
    clock.forward(3 * STEP_MS);
    const challenged = await inside.get('/twofactor/challenge');
    await sendTo(inside, challenged, '/twofactor/challenge', { code: codeAt(lost.secret) });
    expect((await inside.raw('/mail/me/INBOX')).status).toBe(200);

    const waiting = await second.get('/twofactor/admin');
    await second.submit(waiting, {
      form: () => formAt(waiting, '/twofactor/admin/decide'),
      button: 'grant-reset',
    });
    expect((await inside.raw('/mail/me/INBOX')).status).toBe(302);
    expect((await browser().signIn(...credentials(2))).url).toBe('/mail/me/INBOX');
    expect(await audited()).toEqual(
      expect.arrayContaining(['twofactor:reset-asked', 'twofactor:reset']),
    );
  }, 60_000);
});
