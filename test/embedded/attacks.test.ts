import { askAt } from '../kit/ask-at';
import { type Attack, AttackStand, HERE, loginOf, type Person, WRONG } from '../kit/attack-stand';
import { giveCode } from '../kit/factor-visit';
import { textOf } from '../kit/html';
import { beginSignIn, providerOf } from '../kit/sign-in-journey';

const CALLBACK = '/login/fake-sso/main/callback';
const PSEUDONYM = /^~[0-9a-f]{16}$/;

let stand: AttackStand;
beforeAll(async () => {
  stand = await AttackStand.start();
  await stand.enrol();
}, 60_000);
afterAll(async () => {
  await stand?.stop();
});

/** A return from the provider by the browser that began, with what is told to be different. */
async function back({ code = 'nobody', kept = (own: string) => own, isTwice = false }) {
  const web = stand.browser();
  const state = providerOf(await beginSignIn(web)).searchParams.get('state');
  const own = web.cookie('estafette-way') ?? '';
  for (const _time of isTwice ? [1, 2] : [1]) {
    web.setCookie('estafette-way', kept(own));
    const page = await web.get(`${CALLBACK}?state=${state}&code=${code}`);
    expect(page.status).toBe(400);
  }
}

/** Wrong passwords of one account, each as if from another address; the statuses of the answers. */
async function guesses(where: AttackStand, person: Person, chain: (n: number) => string) {
  const statuses: number[] = [];
  for (let n = 1; n <= 6; n += 1) {
    const headers = { 'X-Forwarded-For': chain(n) };
    statuses.push((await where.post(loginOf(person), WRONG, { headers })).status);
  }
  return statuses;
}

/** What somebody reads who tries a login; without what they typed and what is new each time. */
async function lookOf(login: string): Promise<string> {
  const page = await stand.post(login, WRONG);
  const names = [...page.headers.keys()].sort().join(' ');
  return JSON.stringify([page.status, names, textOf(page.one('id', 'login-error'))]);
}

const way = { code: 'sign-in/state', via: 'fake-sso.main' };
const flipped = (own: string): string =>
  `${own.slice(0, 60)}${own[60] === 'A' ? 'B' : 'A'}${own.slice(61)}`;
const credentials = { code: 'session/credentials' };
const typed = { target: expect.stringMatching(PSEUDONYM), remote: HERE, details: credentials };

const ATTACKS: readonly Attack[] = [
  {
    name: 'a state that was used',
    run: () => back({ isTwice: true }),
    line: () => ({ remote: HERE, details: { ...way, reason: 'state-replayed' } }),
  },
  {
    name: 'a state that was altered',
    run: () => back({ kept: flipped }),
    line: () => ({ remote: HERE, details: { ...way, reason: 'state-altered' } }),
  },
  {
    name: 'a return to a browser that asked for none',
    run: () => stand.browser().get(`${CALLBACK}?state=x&code=nobody`),
    line: () => ({ remote: HERE, details: { ...way, reason: 'state-missing' } }),
  },
  {
    name: 'an answer with the nonce of another',
    async run() {
      stand.provider.answers.set('finish', async () => ({ refused: 'invalid', code: 'nonce' }));
      await back({});
      stand.provider.answers.clear();
    },
    line: () => ({ remote: HERE, details: { code: 'sign-in/invalid', reason: 'nonce' } }),
  },
  ...(
    [
      ['a filter of LDAP', '*)(uid=*'],
      ['a filter of LDAP around a real name', 'odile.tramontane)(|(uid=*'],
      ['a NUL after a real name', 'odile.tramontane\u0000'],
      ['a line of its own after a real name', 'odile.tramontane\r\nuid: admin'],
      ['a password', 'Soleil.Marin24'],
    ] as const
  ).map(([what, login]) => ({
    name: `${what} in the field of the login`,
    async run() {
      expect((await stand.post(login, WRONG)).status).toBe(401);
    },
    line: () => typed,
  })),
  {
    name: 'a search for names that are known',
    async run() {
      const looks = new Set([await lookOf(loginOf('guessed')), await lookOf('personne.ici')]);
      expect(looks.size).toBe(1);
    },
    // Two lines; the one of a name that is nobody's looks the same.
    line: () => ({ target: 'personne.ici', remote: HERE, details: credentials }),
  },
  {
    name: 'somebody whom the site does not let in',
    async run() {
      const { username, password } = stand.agent('stranger');
      expect((await stand.post(username, password)).status).toBe(403);
    },
    line: () => ({
      target: loginOf('stranger'),
      remote: HERE,
      details: { code: 'session/not-eligible' },
    }),
  },
  {
    name: 'a password of an application on the form',
    async run() {
      await stand.signedIn('ordinary');
      const { id } = (await stand.user('ordinary')) ?? {};
      if (id === undefined) throw new Error('no account yet');
      const { secret } = await stand.demo.app.safety.appPasswords.create(id, 'Agenda');
      expect((await stand.post(loginOf('ordinary'), secret)).status).toBe(401);
    },
    line: () => ({ target: loginOf('ordinary'), remote: HERE, details: credentials }),
  },
  {
    name: 'guesses under invented X-Forwarded-For',
    async run() {
      const statuses = await guesses(stand, 'guessed', (n) => `198.51.100.${n}`);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    },
    line: () => ({
      target: loginOf('guessed'),
      remote: HERE,
      details: { code: 'session/throttled' },
    }),
  },
  {
    name: 'guesses until the account is locked',
    async run() {
      await stand.signedIn('guessed');
      for (let n = 0; n < 8; n += 1) {
        stand.clock.forward(20 * 60_000);
        await stand.post(loginOf('guessed'), WRONG);
      }
      // Past the waits, and not yet past the lock.
      stand.clock.forward(5 * 60_000);
      const { username, password } = stand.agent('guessed');
      expect((await stand.post(username, password)).status).toBe(401);
      const user = await stand.user('guessed');
      if (user) await stand.demo.app.unlock(user);
    },
    line: () => ({ event: 'account:locked', target: loginOf('guessed') }),
  },
  {
    name: 'a code of a second factor for the second time',
    async run() {
      const code = stand.code();
      const [first, second] = [await stand.signedIn('factored'), await stand.signedIn('factored')];
      expect((await giveCode(first, code)).url).toBe('/mail/me/INBOX');
      expect((await giveCode(second, code)).status).toBe(422);
    },
    line: () => ({ event: 'twofactor:replayed', target: loginOf('factored'), remote: HERE }),
  },
  {
    name: 'a recovery code for the second time',
    async run() {
      const [code = ''] = stand.recovery;
      const [first, second] = [await stand.signedIn('factored'), await stand.signedIn('factored')];
      expect((await giveCode(first, code)).url).toBe('/twofactor/recovered');
      expect((await giveCode(second, code)).status).toBe(422);
    },
    line: () => ({ event: 'twofactor:replayed', target: loginOf('factored'), remote: HERE }),
  },
  {
    name: 'guesses at a second factor',
    async run() {
      const web = await stand.signedIn('factored');
      const statuses = new Set<number>();
      for (let n = 0; n < 30 && !statuses.has(429); n += 1) {
        statuses.add((await giveCode(web, String(100_000 + n))).status);
      }
      expect([...statuses]).toEqual([422, 429]);
      // Not even the right one, and not from elsewhere either.
      expect((await giveCode(await stand.signedIn('factored'), stand.code())).status).toBe(429);
    },
    line: () => ({
      event: 'twofactor:refused',
      target: loginOf('factored'),
      remote: HERE,
      details: { method: 'code', code: 'blocked' },
    }),
  },
  {
    name: 'a request from outside the networks of the site',
    async run() {
      const asked = { host: 'marees.localhost', method: 'GET', target: '/login' };
      expect((await askAt(stand.demo.port, asked)).status).toBe(403);
    },
    line: () => ({
      site: 'marees',
      event: 'security:refused',
      remote: HERE,
      details: { code: 'session/network' },
    }),
  },
];

it.each(ATTACKS)('$name leaves a line', (attack) => stand.run(attack), 60_000);

it('guesses through a proxy are those of the address that it saw', async () => {
  const behind = await AttackStand.start({ trustedProxies: ['loopback'] });
  try {
    await behind.run({
      name: 'guesses through a proxy under invented X-Forwarded-For',
      async run() {
        const statuses = await guesses(behind, 'guessed', (n) => `198.51.100.${n}, 203.0.113.77`);
        expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
      },
      line: () => ({
        target: loginOf('guessed'),
        remote: '203.0.113.77',
        details: { code: 'session/throttled' },
      }),
    });
  } finally {
    await behind.stop();
  }
}, 60_000);

it('says who ended the lock of an account that was guessed at', async () => {
  for (let n = 0; n < 8; n += 1) {
    stand.clock.forward(20 * 60_000);
    await stand.post(loginOf('factored'), WRONG);
  }
  const user = await stand.user('factored');
  if (!user) throw new Error('no account yet');

  expect(await stand.demo.app.unlock(user)).toBe(true);

  const [line] = await stand.demo.app.audit.list({ event: 'account:unlocked' });
  expect(line).toMatchObject({
    target: loginOf('factored'),
    actor: expect.stringMatching(/^cli/),
  });
}, 60_000);

it('leaves a log that holds', async () => {
  expect((await stand.demo.app.audit.verify()).fault).toBeUndefined();
});
