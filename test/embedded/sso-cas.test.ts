import type { SignInIdentity, SignInStarted } from 'estafette/plugin';
import { createPluginTest, type PluginTest, type TestSignIn } from 'estafette/plugin/testing';
import plugin from '../../plugins/sso/plugin';
import { type DemoCas, startDemoCas } from '../../src/demo/cas';
import { createBrowser, type IdpBrowser } from '../kit/idp-browser';
import { listenOnce, throughNetwork } from '../kit/idp-network';

const ACCOUNT = {
  username: 'linh.clairbois',
  password: 'demo-linh',
  name: 'Linh Clairbois',
  mail: 'linh.clairbois@marees.example',
};
const refusedAs = (code: string) => ({ refused: 'invalid', code });

describe.each([
  ['JSON', false],
  ['XML alone', true],
])('sign-in at a CAS server that answers %s', (_name, xmlOnly) => {
  let cas: DemoCas;
  let test: PluginTest;
  let way: TestSignIn;
  let browser: IdpBrowser;

  beforeEach(async () => {
    cas = await startDemoCas({ accounts: [ACCOUNT], xmlOnly });
    test = await createPluginTest({
      plugin,
      origins: [new URL(cas.issuer).origin],
      config: {
        providers: [{ id: 'cas', kind: 'cas', issuer: cas.issuer, strongAcr: ['mfa-card'] }],
      },
      http: throughNetwork,
    });
    way = test.signIn('cas');
    browser = createBrowser();
  });
  afterEach(async () => {
    await test.stop();
    await cas.close();
  });

  const begin = async (purpose?: 'confirm'): Promise<SignInStarted> => {
    const started = await way.begin(purpose);
    if (!('redirect' in started)) throw new Error(started.code);
    return started;
  };
  const signIn = async (more: Readonly<Record<string, string>> = {}) => {
    const { redirect, keep } = await begin();
    return { keep, query: await browser.signIn(redirect, ACCOUNT, more) };
  };

  it('names who signed in there', async () => {
    const back = await signIn();

    const { authenticatedAt, ...identity } = (await way.finish(back)) as SignInIdentity;

    // A password was typed for it, which this server says in JSON alone.
    expect(typeof authenticatedAt).toBe(xmlOnly ? 'undefined' : 'string');
    expect(identity).toEqual({
      issuer: cas.issuer,
      subject: ACCOUNT.username,
      login: ACCOUNT.username,
      mail: ACCOUNT.mail,
      name: ACCOUNT.name,
      assurance: { level: 'simple' },
      isStrong: false,
      session: back.query['ticket'],
      leaving: { ticket: back.query['ticket'] },
    });
  });

  it('tells a card from a password', async () => {
    expect(await way.finish(await signIn({ strong: '1' }))).toMatchObject({ isStrong: true });
  });

  it('is told when the person gives up', async () => {
    const back = await signIn({ cancel: '1' });

    expect(await way.finish(back)).toEqual({ refused: 'cancelled', code: 'no-ticket' });
  });

  it('wants a new sign-in there to confirm who is in front of it', async () => {
    await way.finish(await signIn());
    const earlier = await begin();
    const query = await browser.signIn(earlier.redirect, ACCOUNT);
    const confirming = await begin('confirm');

    expect(await way.finish({ keep: earlier.keep, query, purpose: 'confirm' })).toEqual(
      refusedAs('ticket'),
    );
    const again = await browser.signIn(confirming.redirect, ACCOUNT);
    expect(
      await way.finish({ keep: confirming.keep, query: again, purpose: 'confirm' }),
    ).toMatchObject({ login: ACCOUNT.username });
  });

  it('refuses a ticket that was given for another service', async () => {
    const { keep, query } = await signIn();
    const other = await begin();
    const state = other.keep['state'] ?? '';

    expect(await way.finish({ keep: other.keep, query: { ...query, state } })).toEqual(
      refusedAs('service'),
    );
    expect(keep['state']).not.toBe(state);
  });

  it('refuses a ticket a second time', async () => {
    const back = await signIn();
    await way.finish(back);

    expect(await way.finish(back)).toEqual(refusedAs('replayed'));
  });

  it('refuses the ticket of another browser', async () => {
    const { query } = await signIn();
    const own = await begin();

    expect(await way.finish({ keep: own.keep, query })).toEqual(refusedAs('state-mismatch'));
    expect(await way.finish({ keep: {}, query })).toEqual(refusedAs('state-mismatch'));
  });

  it.each([
    '',
    'PT-1',
    'ST-',
    'ST-1&service=https://other.example',
    'ST-1\nX',
    `ST-${'a'.repeat(300)}`,
  ])('refuses the ticket %j without asking', async (ticket) => {
    const { keep, query } = await signIn();

    expect(await way.finish({ keep, query: { ...query, ticket } })).toEqual(refusedAs('ticket'));
    expect(cas.asked).not.toContain('/cas/p3/serviceValidate');
  });

  it('says that a server that is down is not there', async () => {
    const back = await signIn();
    cas.faults.down(true);

    expect(await way.finish(back)).toMatchObject({ refused: 'unavailable' });
  });

  it('leaves at the server, which then tells whose session is over', async () => {
    const told = await listenOnce();
    cas.notify(`${told.origin}/notice`);
    const back = await signIn();
    await way.finish(back);

    const left = await browser.go((await way.leave({})) ?? '');
    const body = Object.fromEntries(new URLSearchParams(told.bodies[0]));
    await told.close();

    expect(left.leaves).toBe('https://test.example/login');
    const before = test.took.length;
    // The second time as the first, for a server that was not answered; nothing is kept of either.
    for (const _told of ['once', 'again']) {
      expect(await way.notice({ body })).toEqual({
        issuer: cas.issuer,
        session: back.query['ticket'],
      });
    }
    expect(test.took.length).toBe(before);
  });
});

describe('an answer of a CAS server', () => {
  let cas: DemoCas;
  let test: PluginTest;

  beforeEach(async () => {
    cas = await startDemoCas({ accounts: [ACCOUNT] });
    test = await createPluginTest({
      plugin,
      origins: [new URL(cas.issuer).origin],
      config: { providers: [{ id: 'cas', kind: 'cas', issuer: cas.issuer }] },
      http: throughNetwork,
    });
  });
  afterEach(async () => {
    await test.stop();
    await cas.close();
  });

  const finishWith = async (body: string) => {
    cas.faults.answer(body);
    const way = test.signIn('cas');
    const started = await way.begin();
    if (!('redirect' in started)) throw new Error(started.code);
    const state = started.keep['state'] ?? '';
    const query = { state, ticket: `ST-${Math.random().toString(36).slice(2)}` };
    return way.finish({ keep: started.keep, query });
  };
  const success = (user: string): string =>
    `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess><cas:user>${user}</cas:user></cas:authenticationSuccess></cas:serviceResponse>`;

  it('is read when it is right', async () => {
    expect(await finishWith(success('linh.clairbois'))).toMatchObject({ login: 'linh.clairbois' });
  });

  it.each([
    ['two users', success('a</cas:user><cas:user>chief')],
    ['a user deeper down', success('<cas:user>chief</cas:user>')],
    [
      'a failure beside a success',
      success('chief').replace(
        '<cas:authenticationSuccess>',
        '<cas:authenticationFailure code="INVALID_TICKET"/><cas:authenticationSuccess>',
      ),
    ],
    [
      'JSON with a list of users',
      '{"serviceResponse":{"authenticationSuccess":{"user":["chief"]}}}',
    ],
    [
      'JSON of both kinds',
      '{"serviceResponse":{"authenticationSuccess":{"user":"chief"},"authenticationFailure":{"code":"INVALID_TICKET"}}}',
    ],
  ])('with %s signs nobody in', async (_name, body) => {
    expect(await finishWith(body)).toMatchObject({ refused: 'invalid' });
  });

  it.each([
    [
      'an outside file (XXE)',
      `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${success('&x;')}`,
    ],
    [
      'entities that grow (billion laughs)',
      `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>${success('&b;')}`,
    ],
    ['an entity that nobody defined', success('&chief;')],
    ['a comment inside of a name', success('chief<!-- -->.other')],
    ['a section', success('<![CDATA[chief]]>')],
    ['an instruction', `<?xml version="1.0"?><?run chief?>${success('chief')}`],
    ['tags that do not close', success('chief').replace('</cas:user>', '')],
    ['something after its end', `${success('chief')}<other/>`],
  ])('that has %s is refused, and signs nobody in', async (_name, body) => {
    expect(await finishWith(body)).toMatchObject({ refused: 'invalid' });
  });

  // Of whoever signs in it says nothing; what is told of the server is that it is not there.
  it.each([
    ['another document', '<html><body>chief</body></html>'],
    ['JSON that is cut', '{"serviceResponse":'],
    ['JSON of something else', '{"status":"UP"}'],
    ['nothing', ''],
    ['a page about mending', '<!DOCTYPE html>\n<html><body><p>Maintenance<br></body></html>'],
  ])('that is %s is none, and signs nobody in', async (_name, body) => {
    expect(await finishWith(body)).toEqual({ refused: 'unavailable', code: 'answer' });
  });

  it('whose attribute calls itself the user changes nothing', async () => {
    const body = JSON.stringify({
      serviceResponse: {
        authenticationSuccess: { user: 'linh.clairbois', attributes: { user: ['chief'] } },
      },
    });

    expect(await finishWith(body)).toMatchObject({
      subject: 'linh.clairbois',
      login: 'linh.clairbois',
    });
  });

  it('about its own troubles is no false ticket', async () => {
    const body = '{"serviceResponse":{"authenticationFailure":{"code":"INTERNAL_ERROR"}}}';

    expect(await finishWith(body)).toMatchObject({ refused: 'unavailable' });
    expect(await finishWith('starting…')).toMatchObject({ refused: 'unavailable' });
  });

  it.each([
    '',
    '<samlp:LogoutRequest xmlns:samlp="a"/>',
    '<a><SessionIndex>ST-1</SessionIndex></a>',
    '<!DOCTYPE x [<!ENTITY e "ST-1">]><LogoutRequest><SessionIndex>&e;</SessionIndex></LogoutRequest>',
    '<LogoutRequest><SessionIndex>ST-1</SessionIndex><SessionIndex>ST-2</SessionIndex></LogoutRequest>',
    '<LogoutRequest><SessionIndex>%</SessionIndex></LogoutRequest>',
    `<a>${'<b>'.repeat(50_000)}`,
  ])('as a logout like %.40j ends nothing', async (logoutRequest) => {
    expect(await test.signIn('cas').notice({ body: { logoutRequest } })).toMatchObject({
      refused: 'invalid',
    });
  });
});
