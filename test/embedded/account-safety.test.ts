import type { SiteId } from '../../src/base/types';
import type { DemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { agentAt, attemptAt } from '../kit/demo-agents';
import { type Page, textOf } from '../kit/html';
import { mailsTo, SUPPORT } from '../kit/notices';
import { startTestDemo } from '../kit/signed-in-demo';
import { until } from '../kit/until';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0';
let demo: DemoApp;

beforeAll(async () => {
  demo = await startTestDemo({
    notices: true,
    app: { trustedProxies: ['loopback'] },
    site: (_id, file) => ({ ...file, protection: { lockAfter: 6, lockMinutes: 15 } }),
  });
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

const agentOf = (index: number) => agentAt(demo, index);
const browser = (): WebAgent => new WebAgent(`http://127.0.0.1:${demo.port}`);
async function signedIn(index: number, web = browser()): Promise<WebAgent> {
  const { username, password } = agentOf(index);
  expect((await web.signIn(username, password)).status).toBe(200);
  return web;
}
const form = (page: Page, action: string, field?: string, value?: string) => {
  const found = page.all((e) => e.name === 'form' && e.attribs['action'] === action);
  const wanted = found.find(
    (one) =>
      field === undefined ||
      page
        .all((e) => e.name === 'input' && e.attribs['name'] === field && isInside(e, one))
        .some((e) => value === undefined || e.attribs['value'] === value),
  );
  if (!wanted) throw new Error(`no form ${action}`);
  return () => wanted;
};
function isInside(element: { parent?: unknown }, form: unknown): boolean {
  for (let at: unknown = element; at; at = (at as { parent?: unknown }).parent) {
    if (at === form) return true;
  }
  return false;
}
const events = async (): Promise<string[]> =>
  (await demo.app.audit.list({ limit: 200 })).map(({ event }) => event);

describe('the page of one’s security', () => {
  it('lists this session and the others, ends one, and all others', async () => {
    const here = await signedIn(0);
    const there = await signedIn(0);
    const third = await signedIn(0);

    const page = await here.get('/security');
    const items = page.all((e) => e.attribs['data-action'] === 'end-session');
    expect(page.status).toBe(200);
    expect(items).toHaveLength(2);
    expect(textOf(page.one('id', 'main'))).toContain('cette session');

    const after = await here.submit(page, { form: form(page, '/security/sessions', 'session') });
    expect(after.all((e) => e.attribs['data-action'] === 'end-session')).toHaveLength(1);
    await here.submit(after, { form: form(after, '/security/sessions', 'op', 'all') });

    const states = await Promise.all(
      [here, there, third].map(async (web) => (await web.raw('/mail/me/INBOX')).status),
    );
    expect(states).toEqual([200, 302, 302]);
    const { username } = agentOf(0);
    const line = { actor: username, target: username, remote: '127.0.0.1' };
    const one = { session: expect.stringMatching(/^.{12}$/) };
    expect(await demo.app.audit.list({ event: 'session:revoked' })).toMatchObject([
      { ...line, details: { count: 1 } },
      { ...line, details: one },
    ]);
  });

  it('cannot end a session of somebody else, whose id says nothing', async () => {
    const mine = await signedIn(0);
    const other = await signedIn(1);
    const page = await mine.get('/security');
    const theirs = await other.get('/security');
    const id = await demo.app.sessions.list((await userOf(1)).id).then((list) => list[0]?.id ?? '');
    expect(theirs.status).toBe(200);

    const answer = await mine.post('/security/sessions', [
      ['_csrf', page.one('name', 'csrf-token').attribs['content'] ?? ''],
      ['session', id],
    ]);

    expect(answer.status).toBe(200);
    expect((await other.raw('/mail/me/INBOX')).status).toBe(200);
  });

  it('makes a password of an application, shown once, that works until it is revoked', async () => {
    const web = await signedIn(0);
    const { id: user } = await userOf(0);
    const page = await web.get('/security');

    const made = await web.submit(page, {
      form: form(page, '/security/app-passwords', 'name'),
      fill: { name: 'Agenda' },
    });
    const secret = textOf(made.one('data-app-password'));
    const again = await web.get('/security');

    expect(secret).toMatch(/^(?:[2-9A-HJKMNP-TV-Z]{4}-){4}[2-9A-HJKMNP-TV-Z]{4}$/);
    expect(made.headers.get('Cache-Control')).toContain('no-store');
    expect(again.text).not.toContain(secret);
    expect(again.text).toContain('Agenda');
    const site = 'saisons' as SiteId;
    const { username } = agentOf(0);
    const verify = (text: string) =>
      demo.app.safety.appPasswords.verifyAppPassword(site, username, text, { remote: '192.0.2.7' });
    expect((await verify(secret))?.id).toBe(user);
    expect((await verify(secret.toLowerCase().replaceAll('-', ' ')))?.id).toBe(user);
    expect(
      await verify(`${secret.slice(0, -1)}${secret.endsWith('2') ? '3' : '2'}`),
    ).toBeUndefined();
    expect(
      await demo.app.safety.appPasswords.verifyAppPassword('marees' as SiteId, username, secret, {
        remote: '192.0.2.7',
      }),
    ).toBeUndefined();
    const rows: unknown[] = await demo.app.db.knex('app_passwords').select();
    expect(JSON.stringify(rows)).not.toContain(secret.replaceAll('-', '').slice(4));

    await web.submit(again, { form: form(again, '/security/app-passwords/revoke') });
    expect(await verify(secret)).toBeUndefined();
    expect(await mailsTo(demo, agentOf(0).mail)).toEqual(
      expect.arrayContaining([expect.stringContaining('Auto-Submitted: auto-generated')]),
    );
    expect(await events()).toEqual(
      expect.arrayContaining(['app-password:created', 'app-password:revoked']),
    );
    const [line] = await demo.app.audit.list({ event: 'app-password:created' });
    const [revoked] = await demo.app.audit.list({ event: 'app-password:revoked' });
    expect(line?.target).toMatch(/^app-password\/\d+$/);
    expect(revoked?.target).toBe(line?.target);
  });

  it('does not make a second one of the same name when its form is sent again', async () => {
    const web = await signedIn(1);
    const page = await web.get('/security');
    const send = () =>
      web.submit(page, {
        form: form(page, '/security/app-passwords', 'name'),
        fill: { name: 'Téléphone' },
      });

    const first = await send();
    const second = await send();

    expect(first.status).toBe(200);
    expect(second.status).toBe(422);
    expect(second.all((e) => 'data-app-password' in e.attribs)).toEqual([]);
    expect(second.one('id', 'app-name').attribs['aria-invalid']).toBe('true');
  });

  it('shows the history, and « Ce n’était pas moi » ends the rest and tells the support', async () => {
    const here = await signedIn(2);
    const there = await signedIn(2);
    const page = await here.get('/security');
    expect((await here.get('/security/history')).status).toBe(200);
    const { id: user } = await userOf(2);
    await demo.app.safety.appPasswords.create(user, 'Agenda');
    const alerts = () => demo.app.db.knex('security_alerts').where({ user_id: user }).select();
    const before = await alerts();

    const answer = await here.submit(page, { form: form(page, '/security/not-me', 'session') });

    expect(await demo.app.safety.appPasswords.list(user)).toEqual([]);
    expect(before).toHaveLength(1);
    expect(await alerts()).toEqual(before);

    expect(answer.url).toBe('/help/hacked');
    expect(textOf(answer.one('id', 'main'))).toContain('C’est fait');
    expect((await here.raw('/mail/me/INBOX')).status).toBe(200);
    expect((await there.raw('/mail/me/INBOX')).status).toBe(302);
    const told = await mailsTo(demo, SUPPORT);
    expect(told.join('\n')).toContain(agentOf(2).username);
    expect(await events()).toContain('security:not-me');
  });
});

describe('the history of an account', () => {
  it('says which session ended, and where a provider that was linked is removed', async () => {
    const here = await signedIn(1);
    const there = await signedIn(1);
    const leave = await there.get('/security');
    const token = leave.one('name', 'csrf-token').attribs['content'] ?? '';
    await there.post('/logout', [['_csrf', token]]);
    const { site, login } = await userOf(1);
    const entry = { site, actor: login, remote: '127.0.0.1', details: {} };
    await demo.app.audit.record({ ...entry, event: 'sign-in:linked' });

    const page = await here.get('/security/history');

    const lines = page.all((e) => (e.attribs['class'] ?? '') === 'security-item').map(textOf);
    expect(lines.find((line) => line.startsWith('Fin d’une session'))).toMatch(
      /session du .+ – .*127\.0\.0\.1/,
    );
    expect(page.all((e) => e.attribs['href'] === '/security#security-links')).toHaveLength(1);
  });
});

async function userOf(index: number) {
  const found = await demo.app.affairs.find('saisons' as SiteId, agentOf(index).username);
  if (!found) throw new Error('has never signed in');
  return found;
}

describe('a browser that the person has not used before', () => {
  it('is told by mail and on the pages of the others, once', async () => {
    const first = await signedIn(3);
    const { mail, username, password } = agentOf(3);
    const before = (await mailsTo(demo, mail)).length;

    const other = new WebAgent(`http://127.0.0.1:${demo.port}`);
    const login = await other.get('/login', { 'User-Agent': FIREFOX });
    const signIn = (web: WebAgent, page: Page) =>
      web.post(
        '/login',
        [
          ['_csrf', page.one('name', '_csrf').attribs['value'] ?? ''],
          ['username', username],
          ['password', password],
        ],
        { 'User-Agent': FIREFOX },
      );
    expect((await signIn(other, login)).status).toBe(200);
    const mails = await mailsTo(demo, mail);
    const seen = await first.get('/mail/me/INBOX');
    const own = await other.get('/mail/me/INBOX');
    const notices = (page: Page) =>
      page.all((e) => e.attribs['action'] === '/security/alerts').length;

    expect(mails).toHaveLength(before + 1);
    expect(mails.at(-1)).toContain('Firefox');
    expect(mails.at(-1)).not.toMatch(/https?:\/\//);
    expect(notices(seen)).toBe(1);
    expect(notices(own)).toBe(0);

    // The same browser again, with its cookie: nobody is told.
    const token = own.one('name', 'csrf-token').attribs['content'] ?? '';
    const out = await other.post('/logout', [['_csrf', token]]);
    expect((await signIn(other, out)).status).toBe(200);
    expect(await mailsTo(demo, mail)).toHaveLength(before + 1);

    // A browser of that name once more says nothing new, and one answer is for both.
    const stranger = async () => {
      const web = browser();
      return signIn(web, await web.get('/login'));
    };
    expect((await stranger()).status).toBe(200);
    const twice = await first.get('/mail/me/INBOX');
    expect(notices(twice)).toBe(1);
    const read = await first.submit(twice, { form: form(twice, '/security/alerts') });
    expect(read.url).toBe('/security');
    expect(notices(read)).toBe(0);

    // The same name from elsewhere is news, and each is answered by itself.
    for (const from of ['203.0.113.66', '198.51.100.7']) {
      expect((await attemptAt(demo, username, password, from)).answer.status).toBe(200);
    }
    const apart = await first.get('/mail/me/INBOX');
    expect(notices(apart)).toBe(2);
    expect(apart.text).toContain('203.0.113.66');
    const one = await first.submit(apart, { form: form(apart, '/security/alerts') });
    expect(notices(one)).toBe(1);
    await first.submit(one, { form: form(one, '/security/alerts') });

    // It was not them: what is open elsewhere ends, and the notice with it.
    expect((await stranger()).status).toBe(200);
    const denied = await first.get('/mail/me/INBOX');
    const secured = await first.submit(denied, { form: form(denied, '/security/not-me') });
    expect(secured.url).toBe('/help/hacked');
    expect((await other.raw('/mail/me/INBOX')).status).toBe(302);
    expect(notices(await first.get('/mail/me/INBOX'))).toBe(0);
  });
});

describe('an account that is guessed at', () => {
  const attempt = (username: string, password: string, from: string) =>
    attemptAt(demo, username, password, from);

  it('is locked from everywhere but the browsers it knows, with a mail, and says nothing of it', async () => {
    const { username, password, mail } = agentOf(4);
    const known = await signedIn(4);
    const token = (await known.get('/mail/me/INBOX')).one('name', 'csrf-token').attribs['content'];
    await known.post('/logout', [['_csrf', token ?? '']]);

    for (let guess = 0; guess < 6; guess += 1) {
      expect((await attempt(username, 'wrong', `198.51.100.${guess + 1}`)).answer.status).toBe(401);
    }
    const right = await attempt(username, password, '203.0.113.9');
    const wrong = await attempt(username, 'wrong', '203.0.113.10');
    const nobody = await attempt('nobody-of-that-name', 'wrong', '203.0.113.11');

    expect(right.answer.status).toBe(401);
    const said = (page: Page) => textOf(page.one('id', 'login-error'));
    expect(new Set([right, wrong, nobody].map(({ answer }) => said(answer))).size).toBe(1);
    const names = ({ answer }: typeof right) => [...answer.headers.keys()].sort();
    expect(names(right)).toEqual(names(wrong));
    expect(names(right)).toEqual(names(nobody));
    expect(Math.abs(right.ms - wrong.ms)).toBeLessThan(300);
    expect((await mailsTo(demo, mail)).join('\n')).toContain('verrouill');
    expect(await events()).toContain('account:locked');
    await signedIn(4, known);
  }, 60_000);
});

describe('the three journeys of the sign-in page', () => {
  it('are linked there, and end at the support', async () => {
    const page = await browser().get('/login');
    const links = page
      .all((e) => e.name === 'a' && (e.attribs['href'] ?? '').startsWith('/help/'))
      .map((e) => e.attribs['href'] ?? '');
    expect(links.slice(0, 3)).toEqual(['/help/lost', '/help/locked', '/help/hacked']);

    for (const href of links.slice(0, 3)) {
      const help = await browser().get(href);
      expect(help.status).toBe(200);
      expect(textOf(help.one('id', 'main'))).toContain('01 99 00 00 10');
    }
  });

  const report = async (login: string, from: string) => {
    const web = browser();
    const headers = { 'X-Forwarded-For': from };
    const page = await web.get('/help/hacked', headers);
    const body = new URLSearchParams({
      _csrf: page.one('name', '_csrf').attribs['value'] ?? '',
      op: 'report',
      login,
      contact: '06 00 00 00 00',
    });
    const response = await web.raw('/help/hacked', { method: 'POST', body, headers });
    const after = await web.get('/help/hacked', headers);
    return {
      status: response.status,
      text: textOf(after.one('id', 'main')),
      headers: response.headers,
    };
  };

  it('answer the same whoever the account is of, and tell the support', async () => {
    const real = await report(agentOf(0).username, '192.0.2.20');
    const none = await report('nobody-at-all', '192.0.2.21');

    expect(real.status).toBe(303);
    expect(real.status).toBe(none.status);
    expect(real.text).toBe(none.text);
    expect([...real.headers.keys()].sort()).toEqual([...none.headers.keys()].sort());
    const told = async () => (await mailsTo(demo, SUPPORT)).join('\n');
    await until('the mail to the support', async () => (await told()).includes('nobody-at-all'));
  });

  it('write down as much of an address as one has, whatever a proxy hands on', async () => {
    await report('somebody-far-away', `2001:db8::${'f'.repeat(200)}`);

    const far = async () =>
      (await demo.app.audit.list({ event: 'security:reported' })).find(({ remote }) =>
        remote?.startsWith('2001:db8::fff'),
      );
    await until('the line', async () => (await far()) !== undefined);
    expect((await far())?.remote).toHaveLength(64);
  });

  it('take so many reports from one address and about one account, and no more', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) {
      statuses.push((await report(`someone-${count}`, '192.0.2.30')).status);
    }
    expect(statuses.slice(0, 10).every((status) => status === 303)).toBe(true);
    expect(statuses[10]).toBe(429);

    const told = async () =>
      (await mailsTo(demo, SUPPORT)).filter((raw) => raw.includes('one-target'));
    const texts: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const { status, text } = await report('one-target', `192.0.2.${40 + count}`);
      expect(status).toBe(303);
      texts.push(text);
    }
    const unsent = async () =>
      (await demo.app.audit.list({ limit: 200 })).filter(
        ({ details }) => !(details['isSent'] ?? true),
      );
    await until('the lines of those that came too late', async () => (await unsent()).length >= 2);
    await until('the mails of the others', async () => (await told()).length >= 3);
    expect(await told()).toHaveLength(3);
    // Who comes too late is not told that it was sent, and it is written down.
    const isSent = texts.map((text) => text.includes('Votre signalement est parti'));
    expect(isSent).toEqual([true, true, true, false, false]);
    expect(texts[3]).toContain('Téléphonez à l’assistance');
    expect(texts[3]).toContain('01 99 00 00 10');
    expect((await unsent()).map(({ event }) => event)).toEqual([
      'security:reported',
      'security:reported',
    ]);
  });

  it('close every other access with one button of somebody who is signed in', async () => {
    const here = await signedIn(1);
    const there = await signedIn(1);
    const page = await here.get('/help/hacked');

    const answer = await here.submit(page, { form: form(page, '/help/hacked', 'op', 'secure') });

    expect(textOf(answer.one('id', 'main'))).toContain('C’est fait');
    expect((await there.raw('/mail/me/INBOX')).status).toBe(302);
    expect(await events()).toContain('security:hacked');
  });
});
