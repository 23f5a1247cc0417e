import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import {
  ENTITY,
  encode,
  OURS,
  rightLogout,
  rightly,
  type Said,
  signedAssertion,
  signedLogout,
} from '../../plugins/sso/test/saml-answers';
import { IDP } from '../../plugins/sso/test/saml-keys';
import { type DemoApp, startDemoApp } from '../../src/demo';
import { WebAgent } from '../kit/agent';
import type { Page } from '../kit/html';
import { pressWay } from '../kit/sso-visit';

const ROOT = path.resolve(__dirname, '..', '..');
const CALLBACK = '/login/sso/federation/callback';

/** The whole way of a SAML answer: a form of another site, our page in between, the plugin, the mailbox. */
describe('sign-in at a SAML provider, through the platform', () => {
  let demo: DemoApp;
  let web: WebAgent;

  beforeAll(async () => {
    const provider = {
      id: 'federation',
      kind: 'saml',
      issuer: ENTITY,
      entityId: OURS,
      signInUrl: 'https://idp.example/sso',
      signOutUrl: 'https://idp.example/slo',
      certificates: [IDP.certificate],
    };
    demo = await startDemoApp({
      root: ROOT,
      port: 0,
      site: (id, file) =>
        id === 'marees'
          ? { ...file, hosts: ['127.0.0.1'], plugins: { sso: { providers: [provider] } } }
          : { ...file, hosts: ['saisons.example'] },
    });
  });
  afterAll(async () => {
    await demo?.stop();
  });
  beforeEach(() => {
    web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  });

  const agent = () => {
    const found = demo.stack.agents.find(({ site }) => site === 'marees');
    if (!found) throw new Error('no such agent');
    return found;
  };
  /** What the provider posts for a request: `[name, value]`. */
  const answerTo = (redirect: string, changes: Partial<Said> = {}): [string, string][] => {
    const query = new URL(redirect).searchParams;
    const xml = inflateRawSync(Buffer.from(query.get('SAMLRequest') ?? '', 'base64')).toString();
    const [, request = ''] = / ID="([^"]+)"/.exec(xml) ?? [];
    const callback = `http://127.0.0.1:${demo.port}${CALLBACK}`;
    const said = { ...rightly(request, callback), uid: agent().username, ...changes };
    return [
      ['SAMLResponse', encode(signedAssertion(said))],
      ['RelayState', query.get('RelayState') ?? ''],
    ];
  };
  /** A form of another site brings no cookie of ours; the page that it gets sends it once more. */
  const postFromThere = async (fields: [string, string][]): Promise<Page> => {
    const stranger = new WebAgent(web.base);
    const between = await stranger.post(CALLBACK, fields);
    const form = between.all(
      ({ name, attribs }) => name === 'form' && attribs['action'] === CALLBACK,
    )[0];
    if (!form) throw new Error(`no page in between: ${between.status}`);
    return web.submit(between, { form: () => form });
  };

  it('opens the mail of whom a signed assertion names', async () => {
    await postFromThere(answerTo(await pressWay(web, 'federation')));

    const list = await web.get('/mail/me/INBOX');
    expect(list.status).toBe(200);
    expect(list.find('data-message-list')).toBeDefined();
  });

  it('takes an answer of forty kilobytes, as one with many groups is', async () => {
    const groups = 'g'.repeat(30_000);
    const uid = `${agent().username}</saml:AttributeValue></saml:Attribute><saml:Attribute Name="memberOf"><saml:AttributeValue>${groups}`;
    await postFromThere(answerTo(await pressWay(web, 'federation'), { uid }));

    expect((await web.get('/mail/me/INBOX')).find('data-message-list')).toBeDefined();
  });

  it('refuses the answer to the request of another browser', async () => {
    const other = new WebAgent(web.base);
    const theirs = answerTo(await pressWay(other, 'federation'));
    await pressWay(web, 'federation');

    const page = await postFromThere(theirs);

    expect(page.status).toBeGreaterThanOrEqual(400);
    expect((await web.get('/mail/me/INBOX')).find('data-message-list')).toBeUndefined();
  });

  it('refuses an answer that was used, and one for another audience', async () => {
    const answer = answerTo(await pressWay(web, 'federation'));
    await postFromThere(answer);
    const used = await postFromThere(answer);
    const again = new WebAgent(web.base);
    web = again;
    const audience = 'https://other.example';
    const elsewhere = await postFromThere(
      answerTo(await pressWay(again, 'federation'), { audience }),
    );

    expect([used.status, elsewhere.status].every((status) => status >= 400)).toBe(true);
    expect((await again.get('/mail/me/INBOX')).find('data-message-list')).toBeUndefined();
  });

  it('ends when the provider says so by whatever browser, which goes back there', async () => {
    await postFromThere(answerTo(await pressWay(web, 'federation')));
    const NOTICE = CALLBACK.replace('callback', 'notice');
    const said = rightLogout(`http://127.0.0.1:${demo.port}${NOTICE}`);
    const body = new URLSearchParams({ SAMLRequest: encode(signedLogout(said)), RelayState: 'r' });

    const answer = await new WebAgent(web.base).raw(NOTICE, { method: 'POST', body });

    expect(answer.status).toBe(303);
    expect(answer.headers.get('Location')).toMatch(
      /^https:\/\/idp\.example\/slo\?SAMLResponse=.*RelayState=r/,
    );
    expect((await web.get('/mail/me/INBOX')).find('data-message-list')).toBeUndefined();
  });
});
