import { createAuditEvents } from '../../../src/app/audit-events';
import { createAuditKeys, type NewAuditEntry } from '../../../src/audit';
import type { Clock } from '../../../src/base/clock';
import { silentLog } from '../../../src/base/log';
import type { SessionId, SiteId, UserId } from '../../../src/base/types';
import type { HookEmitter } from '../../../src/kernel/hook-types';
import type { RefusedSignIn, Session, User } from '../../../src/session';

const site = 'marees' as SiteId;
const alice: User = {
  id: 1 as UserId,
  site,
  login: 'alice',
  name: 'Alice Martin',
  mail: 'alice.martin@marees.example',
  aliases: [],
  locale: 'fr',
  groups: [],
};
const session: Session = {
  id: 'abcdef0123456789' as SessionId,
  site,
  user: alice,
  state: 'open',
  via: 'ldap',
  createdAt: '2026-01-31T00:00:00.000Z',
  challenges: [],
  satisfied: ['totp'],
};

let written: NewAuditEntry[];
let timers: (() => void)[];
let fails = false;
beforeEach(() => {
  written = [];
  timers = [];
  fails = false;
});

const clock: Clock = {
  now: () => 0,
  after: (_ms, run) => {
    timers.push(run);
    return () => {};
  },
  every: () => () => {},
};
const hooks = {
  action: async () => {},
  collect: async () => [
    { plugin: 'twofactor', item: { id: 'totp', label: 'Code', satisfied: false } },
    { plugin: 'twofactor', item: { id: 'passkey', label: 'Clé', satisfied: true } },
  ],
} as unknown as HookEmitter; // the two that are asked

const { pseudonym } = createAuditKeys([Buffer.alloc(32, 'the key of the server, for tests')]);
const events = () =>
  createAuditEvents({
    clock,
    log: silentLog(),
    sites: [{ id: site, mailDomains: ['marees.example'] }],
    users: {
      findByName: async (_site, name) =>
        name === 'alice' || name === alice.mail ? alice : undefined,
    },
    audit: () => ({
      pseudonym,
      async record(entry) {
        if (fails) throw new Error('disk full');
        written.push(entry);
        return { id: 1, at: '', site: entry.site, event: entry.event, details: {} };
      },
    }),
  });

const refusal = (login: string, more: Partial<RefusedSignIn> = {}): RefusedSignIn => ({
  site,
  login,
  remote: '192.0.2.1',
  code: 'session/credentials',
  ...more,
});
const refuse = (on: HookEmitter, event: RefusedSignIn) =>
  on.action({ site }, 'session:refused', event);

describe('a refused sign-in', () => {
  it.each([
    ['alice', 'alice'],
    [' ALICE ', 'alice'],
    ['alice.martin@marees.example', 'alice'],
    ['camille.durand', 'camille.durand'],
    ['camille.durand-ext', 'camille.durand-ext'],
    ['nobody@marees.example', 'nobody@marees.example'],
  ])('keeps %j as %s', async (typed, target) => {
    await refuse(events().hear(hooks), refusal(typed));

    expect(written).toEqual([
      {
        site,
        event: 'session:refused',
        target,
        remote: '192.0.2.1',
        details: { code: 'session/credentials' },
      },
    ]);
  });

  // What people type in the wrong field.
  it.each([
    'Soleil2024!',
    'correct horse battery staple',
    'correct-horse-battery-staple',
    'hunter2',
    'Soleil.Marin24',
    'soleil.marin24',
    'Soleil.Marin',
    'motdepasse',
    'P@ssw0rd@marees.example',
    'me@elsewhere.example',
    'alice\nforged: line',
    '4929 1234 5678 9012',
  ])('keeps a word in place of %j', async (typed) => {
    const on = events().hear(hooks);
    await refuse(on, refusal(typed));
    await refuse(on, refusal(typed));
    await refuse(on, refusal(`${typed}x`));

    const targets = written.map(({ target }) => target);
    expect(targets[0]).toMatch(/^~[0-9a-f]{16}$/);
    expect(targets[1]).toBe(targets[0]);
    expect(targets[2]).not.toBe(targets[0]);
    expect(JSON.stringify(written)).not.toContain(typed.slice(0, 6));
  });

  it('keeps what a provider said, why it was not believed, and nothing of nobody', async () => {
    const on = events().hear(hooks);
    await refuse(
      on,
      refusal('X123', { via: 'sso.cerbere', reason: 'nonce', code: 'sign-in/invalid' }),
    );
    await refuse(on, refusal('', { via: 'sso.cerbere' }));

    expect(written[0]).toMatchObject({
      target: 'x123',
      details: { code: 'sign-in/invalid', via: 'sso.cerbere', reason: 'nonce' },
    });
    expect(written[1]).not.toHaveProperty('target');
  });

  it('that has to wait is written once a minute for an address, with how many there were', async () => {
    const made = events();
    const on = made.hear(hooks);
    const wait = { code: 'session/throttled' };
    for (let n = 0; n < 50; n += 1) await refuse(on, refusal('alice', wait));
    await refuse(on, refusal('alice', { ...wait, remote: '192.0.2.2' }));
    expect(written).toHaveLength(2);

    timers[0]?.();
    await made.close();

    expect(written).toHaveLength(3);
    expect(written[2]).toMatchObject({ remote: '192.0.2.1', details: { times: 49 } });
  });

  it('that names nobody cannot fill the log either, whatever is wrong with it', async () => {
    const on = events().hear(hooks);
    for (const reason of ['state-missing', 'state-replayed']) {
      const from = { via: 'sso.cerbere', code: 'sign-in/invalid', reason };
      for (let n = 0; n < 20; n += 1) await refuse(on, refusal('', from));
    }

    expect(written.map(({ details }) => details?.['reason'])).toEqual([
      'state-missing',
      'state-replayed',
    ]);
  });

  it('that has to wait is one line for an address, whatever is typed there', async () => {
    const made = events();
    const on = made.hear(hooks);
    for (let n = 0; n < 50; n += 1) {
      await refuse(on, refusal(`camille.durand${'x'.repeat(n)}`, { code: 'session/throttled' }));
    }
    expect(written).toHaveLength(1);

    await made.close();

    expect(written[1]).toMatchObject({ remote: '192.0.2.1', details: { times: 49 } });
    expect(written[1]?.target).toBeUndefined();
  });

  it('beyond a thousand addresses of its site is put down to none, and leaves other sites theirs', async () => {
    const on = events().hear(hooks);
    const wait = { code: 'session/throttled' };
    for (let n = 0; n < 1_010; n += 1) {
      await refuse(on, refusal('alice', { ...wait, remote: `2001:db8::${n.toString(16)}` }));
    }
    await refuse(on, refusal('bruno.petit', { ...wait, site: 'saisons' as SiteId }));

    expect(written).toHaveLength(1_002);
    expect(written[1_000]).toEqual({ site, event: 'session:refused', details: { code: 'many' } });
    expect(written[1_001]).toMatchObject({ site: 'saisons', remote: '192.0.2.1' });
  });

  it('of a thousand addresses does not fill the memory', async () => {
    const on = events().hear(hooks);
    const wait = { code: 'session/throttled' };
    for (let n = 0; n < 1_200; n += 1) {
      await refuse(on, refusal('alice', { ...wait, remote: `2001:db8::${n.toString(16)}` }));
    }

    expect(written.length).toBeLessThanOrEqual(1_001);
  });

  it('is refused all the same when it cannot be written', async () => {
    fails = true;

    await expect(refuse(events().hear(hooks), refusal('alice'))).resolves.toBeUndefined();
  });
});

it('says where a session was opened from, how, and what was answered', async () => {
  await events().hear(hooks).action({ site }, 'session:opened', {
    session,
    first: true,
    via: 'ldap',
    remote: '192.0.2.7',
  });

  expect(written).toEqual([
    {
      site,
      actor: 'alice',
      event: 'session:opened',
      remote: '192.0.2.7',
      details: { via: 'ldap', session: 'abcdef012345', first: true, challenges: 'totp' },
    },
  ]);
});

it('names the address of the request that did something, and ties what it did to one session', async () => {
  const on = events().hear(hooks);
  const own = { ...session, trail: 'aaaabbbbcccc' };
  const renewed = { ...own, id: 'another-id-since' as SessionId };
  const from = (last: number) => ({ remote: `192.0.2.${last}` });
  const opened = { session: own, first: false, via: 'ldap', ...from(1) };
  await on.action({ site }, 'session:opened', opened);
  await on.action({ site }, 'session:confirmed', { session: renewed, by: 'ldap', ...from(2) });
  await on.action({ site }, 'session:closed', {
    sessionId: renewed.id,
    user: alice,
    reason: 'signed-out',
    trail: renewed.trail,
    ...from(3),
  });

  expect(written.map(({ remote, details }) => [remote, details?.['session']])).toEqual([
    ['192.0.2.1', 'aaaabbbbcccc'],
    ['192.0.2.2', 'aaaabbbbcccc'],
    ['192.0.2.3', 'aaaabbbbcccc'],
  ]);
});

it('says that it was the person who signed out, or who it was done to', async () => {
  const on = events().hear(hooks);
  for (const reason of ['signed-out', 'revoked'] as const) {
    await on.action({ site }, 'session:closed', { sessionId: session.id, user: alice, reason });
  }

  expect(written).toMatchObject([
    { actor: 'alice', details: { reason: 'signed-out' } },
    { target: 'alice', details: { reason: 'revoked' } },
  ]);
  expect(written[1]).not.toHaveProperty('actor');
});

it('gathers requests that were refused for who sent them, or from where', async () => {
  const made = events();
  const admin = { site, remote: '192.0.2.1', code: 'request/forbidden', reason: 'admin' };
  for (const actor of ['alice', 'alice', 'bruno']) await made.noteRefused({ ...admin, actor });
  await made.noteRefused({ site, remote: '192.0.2.1', code: 'session/network' });
  await made.close();

  const event = 'security:refused';
  expect(written).toMatchObject([
    { event, actor: 'alice', details: { code: 'request/forbidden', reason: 'admin' } },
    { event, remote: '192.0.2.1', details: { code: 'session/network' } },
    { event, remote: '192.0.2.1', details: { reason: 'admin', times: 2 } },
  ]);
  expect(written[2]?.actor).toBeUndefined();
});

it('says which challenges were asked for', async () => {
  const answers = await events()
    .hear(hooks)
    .collect({ site }, 'session:challenges', {
      site,
      principal: {
        login: 'alice',
        name: '',
        mail: '',
        aliases: [],
        imapLogin: '',
        attributes: {},
      },
      user: alice,
      device: '',
      remote: '192.0.2.1',
      via: 'ldap',
    });

  expect(answers).toHaveLength(2);
  expect(written).toMatchObject([
    { event: 'session:challenged', actor: 'alice', details: { via: 'ldap', challenges: 'totp' } },
  ]);
});

it('writes what was noticed, but not what is written where it happens', async () => {
  const on = events().hear(hooks);
  for (const code of ['new-device', 'new-country', 'guessing', 'locked', 'hacked'] as const) {
    const evidence = { remote: '192.0.2.1', country: 'FR', device: 'a very long name' };
    await on.action({ site }, 'security:detected', { site, login: 'Soleil2024!', code, evidence });
  }

  expect(written.map(({ event }) => event)).toEqual([
    'security:new-device',
    'security:new-country',
    'security:guessing',
  ]);
  expect(JSON.stringify(written)).not.toMatch(/Soleil|very long/);
  expect(written[0]).toMatchObject({ remote: '192.0.2.1', details: { country: 'FR' } });
});
