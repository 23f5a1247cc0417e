import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { SignJWT, UnsecuredJWT } from 'jose';
import {
  assertionOf,
  ENTITY,
  encode,
  logoutOf,
  OURS,
  responseOf,
  rightLogout,
  rightly,
  type Said,
  signedAssertion,
  signedLogout,
} from '../../plugins/sso/test/saml-answers';
import { IDP } from '../../plugins/sso/test/saml-keys';
import type { AuditEntry } from '../../src/audit';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import { attackLines } from '../kit/attack-lines';
import type { Page } from '../kit/html';
import {
  LYING_CLIENT,
  LYING_SUBJECT,
  type LyingProvider,
  lyingProvider,
} from '../kit/lying-provider';
import { pressWay } from '../kit/sso-visit';

const ROOT = path.resolve(__dirname, '..', '..');
const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };
const nowS = (): number => Math.floor(Date.now() / 1_000);

let demo: DemoApp;
let idp: LyingProvider;
let hosts = 0;
const table = attackLines('single sign-on: attack → audit line');

/** A browser at an address of its own, so that no line is gathered with another's. */
class Visitor extends WebAgent {
  constructor(
    base: string,
    readonly address: string,
  ) {
    super(base);
  }

  override raw(target: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('X-Forwarded-For', this.address);
    return super.raw(target, { ...init, headers });
  }
}
const visitorAt = (address: string): Visitor =>
  new Visitor(`http://127.0.0.1:${demo.port}`, address);
function visitor(): Visitor {
  hosts += 1;
  return visitorAt(`198.51.100.${hosts}`);
}

beforeAll(async () => {
  idp = await lyingProvider();
  const oidc = {
    kind: 'oidc',
    issuer: idp.origin,
    clientId: LYING_CLIENT,
    clientAuth: 'none',
    claims: { login: 'uid' },
  };
  const providers = [
    { ...oidc, id: 'idp' },
    { ...oidc, id: 'strict', userinfo: 'signed', acr: ['eidas3'] },
    { id: 'cas', kind: 'cas', issuer: `${idp.origin}/cas` },
    {
      id: 'saml',
      kind: 'saml',
      issuer: ENTITY,
      entityId: OURS,
      signInUrl: 'https://idp.example/sso',
      certificates: [IDP.certificate],
    },
  ];
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    seed: false,
    app: { log: { level: 'silent' }, trustedProxies: ['127.0.0.1'] },
    site: (id, file) =>
      id === 'marees'
        ? { ...file, hosts: ['127.0.0.1'], plugins: { sso: { providers } } }
        : { ...file, hosts: ['saisons.example'] },
    plugins: { origins: { sso: [idp.origin] } },
  });
  idp.login = demo.stack.agents.find(({ site }) => site === 'marees')?.username ?? '';
}, 60_000);
afterAll(async () => {
  await demo?.stop();
  await idp?.close();
  table.print();
});
beforeEach(() => idp.tellTheTruth());

const callback = (method: string): string => `/login/sso/${method}/callback`;
const isOpen = async (web: WebAgent): Promise<boolean> =>
  (await web.raw('/settings/display')).status === 200;

/** Begins at an OpenID Connect provider; the state that has to come back. */
async function begin(web: WebAgent, method = 'idp'): Promise<string> {
  const query = new URL(await pressWay(web, method)).searchParams;
  idp.nonce = query.get('nonce') ?? '';
  return query.get('state') ?? '';
}

/** A whole sign-in there, as the provider of the moment answers. */
async function signIn(web: WebAgent, method = 'idp'): Promise<Page> {
  return web.get(`${callback(method)}?state=${await begin(web, method)}&code=c`);
}

async function beginCas(web: WebAgent): Promise<string> {
  const service = new URL(await pressWay(web, 'cas')).searchParams.get('service') ?? '';
  return new URL(service).searchParams.get('state') ?? '';
}
const casAnswers = (body: string): void => {
  idp.answers.set('/cas/p3/serviceValidate', () => ({ body }));
};

/** What a SAML provider is asked: the request and its RelayState. */
async function beginSaml(web: WebAgent) {
  const query = new URL(await pressWay(web, 'saml')).searchParams;
  const xml = inflateRawSync(Buffer.from(query.get('SAMLRequest') ?? '', 'base64')).toString();
  const [, request = ''] = / ID="([^"]+)"/.exec(xml) ?? [];
  const said = rightly(request, `http://127.0.0.1:${demo.port}${callback('saml')}`);
  return { said: { ...said, uid: idp.login }, relay: query.get('RelayState') ?? '' };
}
const postSaml = (web: WebAgent, xml: string, relay: string): Promise<Page> =>
  web.post(callback('saml'), [
    ['SAMLResponse', encode(xml)],
    ['RelayState', relay],
  ]);
async function signInSaml(
  web: WebAgent,
  make: (said: Said) => string,
  changes: Partial<Said> = {},
): Promise<Page> {
  const { said, relay } = await beginSaml(web);
  return postSaml(web, make({ ...said, ...changes }), relay);
}

const logoutClaims = () => ({
  iss: idp.origin,
  aud: LYING_CLIENT,
  sub: LYING_SUBJECT,
  iat: nowS(),
  exp: nowS() + 120,
  jti: `logout-${hosts}`,
  events: EVENTS,
});
const samlLogout = () => rightLogout(`http://127.0.0.1:${demo.port}/login/sso/saml/notice`);
const tell = (web: WebAgent, method: string, fields: Record<string, string>): Promise<Response> =>
  web.raw(`/login/sso/${method}/notice`, { method: 'POST', body: new URLSearchParams(fields) });
const tellLogout = async (web: WebAgent, more: object = {}): Promise<Response> =>
  tell(web, 'idp', { logout_token: await idp.sign({ ...logoutClaims(), ...more }) });

/** Name, what is done, method, reason. */
type Attack = readonly [string, (web: Visitor) => Promise<unknown>, string, string];

const AT_THE_STATE: readonly Attack[] = [
  [
    'a return that was made already',
    async (web) => {
      const state = await begin(web);
      const kept = web.cookie('estafette-way') ?? '';
      await web.get(`${callback('idp')}?state=${state}&code=c`);
      const thief = visitorAt(web.address);
      thief.setCookie('estafette-way', kept);
      await thief.get(`${callback('idp')}?state=${state}&code=c`);
      expect(await isOpen(thief)).toBe(false);
      web.setCookie('estafette', '');
    },
    'idp',
    'state-replayed',
  ],
  [
    'a return of another browser, in one that asked for none',
    async (web) => web.get(`${callback('idp')}?state=${await begin(visitor())}&code=c`),
    'idp',
    'state-missing',
  ],
  [
    'a return of another browser, in one that asked too',
    async (web) => {
      await begin(web);
      await web.get(`${callback('idp')}?state=${await begin(visitor())}&code=c`);
    },
    'idp',
    'state-missing',
  ],
  [
    'a return with two states',
    async (web) => {
      const state = await begin(web);
      await web.get(`${callback('idp')}?state=${state}&state=x&code=c`);
    },
    'idp',
    'repeated-parameter',
  ],
  ...['//evil.example', '/\\evil.example', '/%2f%2fevil.example', 'https:evil.example'].map(
    (spelling): Attack => [
      `RelayState ${spelling}`,
      async (web) => {
        const { said } = await beginSaml(web);
        const page = await postSaml(web, signedAssertion(said), spelling);
        expect(page.text).not.toContain('evil.example');
      },
      'saml',
      'state-missing',
    ],
  ),
];

const claims = (more: () => object) => async (web: Visitor) => {
  idp.claims = { ...more() };
  await signIn(web);
};
const token =
  (make: (right: Record<string, unknown>) => Promise<string>) => async (web: Visitor) => {
    idp.idToken = make;
    await signIn(web);
  };

const AT_OPENID: readonly Attack[] = [
  ['an ID token with another nonce', claims(() => ({ nonce: 'n'.repeat(43) })), 'idp', 'nonce'],
  [
    'an ID token without a signature (alg none)',
    token(async (right) => new UnsecuredJWT(right).encode()),
    'idp',
    'algorithm',
  ],
  [
    'an ID token signed with our public key as a secret (HS256)',
    token(async (right) =>
      new SignJWT(right)
        .setProtectedHeader({ alg: 'HS256', kid: 'first' })
        .sign(Buffer.from(await idp.publicText())),
    ),
    'idp',
    'algorithm',
  ],
  ['an ID token for another audience', claims(() => ({ aud: 'another' })), 'idp', 'audience'],
  [
    'an ID token of another issuer',
    claims(() => ({ iss: 'https://other.example' })),
    'idp',
    'issuer',
  ],
  [
    'a return that names another issuer',
    async (web) => {
      const state = await begin(web);
      await web.get(`${callback('idp')}?state=${state}&code=c&iss=https%3A%2F%2Fother.example`);
    },
    'idp',
    'issuer',
  ],
  [
    'an ID token that has expired',
    claims(() => ({ iat: nowS() - 200, exp: nowS() - 70 })),
    'idp',
    'expired',
  ],
  [
    'an ID token of a clock two minutes ahead',
    claims(() => ({ iat: nowS() + 120 })),
    'idp',
    'issued-in-future',
  ],
  [
    'a code of another client',
    async (web) => {
      idp.answers.set('/token', () => ({ status: 400, body: '{"error":"invalid_grant"}' }));
      await signIn(web);
    },
    'idp',
    'code-refused',
  ],
  [
    'userinfo of another subject',
    async (web) => {
      idp.answers.set('/userinfo', () => ({ body: '{"sub":"chief","uid":"chief"}' }));
      await signIn(web);
    },
    'idp',
    'subject',
  ],
  [
    'userinfo without a signature where one is wanted',
    async (web) => {
      idp.claims = { acr: 'eidas3' };
      await signIn(web, 'strict');
    },
    'strict',
    'userinfo-unsigned',
  ],
  ['a level below the one that was asked for', (web) => signIn(web, 'strict'), 'strict', 'level'],
];

const AT_LOGOUT: readonly Attack[] = [
  [
    'a logout token for the second time',
    async (web) => {
      const logout_token = await idp.sign(logoutClaims());
      expect((await tell(web, 'idp', { logout_token })).status).toBe(200);
      await tell(web, 'idp', { logout_token });
    },
    'idp',
    'replayed',
  ],
  ['a logout token with a nonce', (web) => tellLogout(web, { nonce: 'n' }), 'idp', 'nonce'],
  [
    'a logout token for another audience',
    (web) => tellLogout(web, { aud: 'another' }),
    'idp',
    'audience',
  ],
  [
    'a logout token without a signature',
    (web) => tell(web, 'idp', { logout_token: new UnsecuredJWT(logoutClaims()).encode() }),
    'idp',
    'algorithm',
  ],
  [
    'a SAML logout without a signature',
    (web) => tell(web, 'saml', { SAMLRequest: encode(logoutOf(samlLogout())) }),
    'saml',
    'signature',
  ],
  [
    'a SAML logout for the second time',
    async (web) => {
      const SAMLRequest = encode(signedLogout(samlLogout()));
      expect((await tell(web, 'saml', { SAMLRequest })).status).toBe(200);
      await tell(web, 'saml', { SAMLRequest });
    },
    'saml',
    'replayed',
  ],
  [
    'a logout of CAS with a document type',
    (web) => tell(web, 'cas', { logoutRequest: '<!DOCTYPE a [<!ENTITY x "ST-1">]><a>&x;</a>' }),
    'cas',
    'xml',
  ],
];

const AT_CAS: readonly Attack[] = [
  [
    'a ticket for the second time',
    async (web) => {
      await web.get(`${callback('cas')}?state=${await beginCas(web)}&ticket=ST-once`);
      const other = visitorAt(web.address);
      await other.get(`${callback('cas')}?state=${await beginCas(other)}&ticket=ST-once`);
      expect(await isOpen(other)).toBe(false);
      web.setCookie('estafette', '');
    },
    'cas',
    'replayed',
  ],
  [
    'a ticket of another service',
    async (web) => {
      casAnswers(
        '{"serviceResponse":{"authenticationFailure":{"code":"INVALID_SERVICE","description":"x"}}}',
      );
      await web.get(`${callback('cas')}?state=${await beginCas(web)}&ticket=ST-other`);
    },
    'cas',
    'service',
  ],
  [
    'a ticket that is more than a ticket',
    async (web) => {
      const ticket = encodeURIComponent('ST-1&service=https://other.example');
      await web.get(`${callback('cas')}?state=${await beginCas(web)}&ticket=${ticket}`);
    },
    'cas',
    'ticket',
  ],
  [
    'an answer of CAS with an outside entity',
    async (web) => {
      casAnswers(
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><serviceResponse><authenticationSuccess><user>&x;</user></authenticationSuccess></serviceResponse>',
      );
      await web.get(`${callback('cas')}?state=${await beginCas(web)}&ticket=ST-entity`);
    },
    'cas',
    'xml',
  ],
];

const AT_SAML: readonly Attack[] = [
  [
    'an assertion without a signature',
    (web) => signInSaml(web, (said) => responseOf(said, assertionOf(said))),
    'saml',
    'signature',
  ],
  [
    'a false assertion beside the signed one (wrapping)',
    (web) =>
      signInSaml(web, (said) =>
        signedAssertion(said).replace(
          '<saml:Assertion',
          `${assertionOf({ ...said, id: '_false', uid: 'chief' })}<saml:Assertion`,
        ),
      ),
    'saml',
    'wrapped',
  ],
  [
    'an assertion for another audience',
    (web) => signInSaml(web, signedAssertion, { audience: 'https://other.example' }),
    'saml',
    'audience',
  ],
  [
    'an answer to the request of another browser',
    async (web) => {
      const { said } = await beginSaml(visitor());
      const { relay } = await beginSaml(web);
      await postSaml(web, signedAssertion(said), relay);
    },
    'saml',
    'in-response-to',
  ],
  [
    'an answer for the second time',
    async (web) => {
      const { said, relay } = await beginSaml(web);
      const xml = signedAssertion(said);
      const kept = web.cookie('estafette-way') ?? '';
      await postSaml(web, xml, relay);
      const thief = visitorAt(web.address);
      thief.setCookie('estafette-way', kept);
      await postSaml(thief, xml, relay);
      expect(await isOpen(thief)).toBe(false);
      web.setCookie('estafette', '');
    },
    'saml',
    'state-replayed',
  ],
  [
    'an answer with an outside entity',
    (web) =>
      signInSaml(
        web,
        (said) => `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${signedAssertion(said)}`,
      ),
    'saml',
    'xml',
  ],
];

const lines = (): Promise<readonly AuditEntry[]> => demo.app.audit.list({ limit: 500 });

it.each([...AT_THE_STATE, ...AT_OPENID, ...AT_LOGOUT, ...AT_CAS, ...AT_SAML])(
  '%s is refused, and leaves a line',
  async (name, run, method, reason) => {
    const [last] = await lines();
    const web = visitor();

    await run(web);

    expect(await isOpen(web)).toBe(false);
    const added = (await lines()).filter(({ id }) => id > (last?.id ?? 0));
    const refused = added.filter(({ event }) => event === 'session:refused');
    expect(refused).toEqual([
      expect.objectContaining({
        site: 'marees',
        remote: web.address,
        details: {
          code: expect.stringMatching(/^sign-in\/(?:state|invalid)$/),
          via: `sso.${method}`,
          reason,
        },
      }),
    ]);
    // Tickets, codes, tokens and names of whom nobody vouched for have no place there.
    expect(JSON.stringify(added)).not.toMatch(/ST-|eyJ|chief|evil/);
    for (const line of refused) table.told(name, line);
  },
  60_000,
);

it.each(['idp', 'cas', 'saml'])('%s lets in whom nothing is wrong with', async (method) => {
  const web = visitor();

  if (method === 'idp') await signIn(web);
  if (method === 'cas') {
    await web.get(`${callback('cas')}?state=${await beginCas(web)}&ticket=ST-right`);
  }
  if (method === 'saml') await signInSaml(web, signedAssertion);

  expect(await isOpen(web)).toBe(true);
});

it.each([
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/%2f%2fevil.example',
  '/%5cevil.example',
  'https:evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/\t/evil.example',
  '/\r\nLocation: //evil.example',
  '/\u2028/evil.example',
  '／／evil.example',
  '/@evil.example',
])('no page to go to, before or after, is of another site: %j', async (next) => {
  const web = visitor();
  const login = await web.get('/login');
  const begun = await web.post('/login/sso/idp', [
    ['_csrf', login.one('name', '_csrf').attribs['value'] ?? ''],
    ['next', next],
  ]);
  const to = /^0;url=(.*)$/.exec(begun.headers.get('refresh') ?? '')?.[1] ?? '';
  const query = new URL(to).searchParams;
  idp.nonce = query.get('nonce') ?? '';

  const answer = await web.raw(`${callback('idp')}?state=${query.get('state')}&code=c`);

  const location = answer.headers.get('Location') ?? '';
  expect(answer.status).toBe(303);
  expect(new URL(location, web.base).origin).toBe(web.base);
  expect(location).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
  expect(await isOpen(web)).toBe(true);

  const page = await web.get('/settings/display');
  const out = await web.raw('/logout', {
    method: 'POST',
    body: new URLSearchParams([
      ['_csrf', page.one('name', 'csrf-token').attribs['content'] ?? ''],
      ['next', next],
      ['service', next],
      ['post_logout_redirect_uri', next],
    ]),
  });
  expect([out.status, out.headers.get('Location')]).toEqual([303, '/login/bye']);
});
