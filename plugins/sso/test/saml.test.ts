import { inflateRawSync } from 'node:zlib';
import { createPluginTest, type PluginTest, type TestSignIn } from 'estafette/plugin/testing';
import plugin from '../plugin';
import {
  assertionOf,
  at,
  ENTITY,
  encode,
  OURS,
  PERSISTENT,
  responseId,
  responseOf,
  rightly,
  type Said,
  STRONG,
  sign,
  signedAssertion,
  WEAK,
} from './saml-answers';
import { IDP, STRANGER } from './saml-keys';

const refusedAs = (code: string) => ({ refused: 'invalid', code });

interface Stand {
  readonly test: PluginTest;
  readonly way: TestSignIn;
  /** Begins, and comes back with what `make` makes of the request. */
  come(
    make: (said: Said) => string,
    more?: Partial<Said>,
    purpose?: 'sign-in' | 'confirm',
  ): ReturnType<TestSignIn['finish']>;
}

async function standWith(more: object = {}, secrets: Record<string, string> = {}): Promise<Stand> {
  const test = await createPluginTest({
    plugin,
    secrets,
    config: {
      providers: [
        {
          id: 'idp',
          kind: 'saml',
          issuer: ENTITY,
          entityId: OURS,
          signInUrl: 'https://idp.example/sso',
          signOutUrl: 'https://idp.example/slo',
          certificates: [IDP.certificate],
          ...more,
        },
      ],
    },
  });
  test.clock.advance(Date.now() - test.clock.now());
  const way = test.signIn('idp');
  return {
    test,
    way,
    async come(make, changes = {}, purpose = 'sign-in') {
      const started = await way.begin(purpose);
      if (!('redirect' in started)) return started;
      const { keep } = started;
      const said = { ...rightly(keep['request'] ?? '', way.callback), ...changes };
      const body = { SAMLResponse: encode(make(said)), RelayState: keep['state'] ?? '' };
      return way.finish({ keep, via: 'post', body, purpose });
    },
  };
}

const requestIn = (redirect: string): string =>
  inflateRawSync(
    Buffer.from(new URL(redirect).searchParams.get('SAMLRequest') ?? '', 'base64'),
  ).toString();

describe('sign-in at a SAML provider', () => {
  let stand: Stand;
  beforeEach(async () => {
    stand = await standWith({ strongAcr: [STRONG] });
  });
  afterEach(() => stand.test.stop());

  it('asks for an answer to our address, with a request of its own', async () => {
    const started = await stand.way.begin();
    if (!('redirect' in started)) throw new Error(started.code);
    const request = requestIn(started.redirect);

    expect(started.redirect).toMatch(/^https:\/\/idp\.example\/sso\?/);
    expect(request).toContain(`ID="${started.keep['request']}"`);
    expect(request).toContain(`AssertionConsumerServiceURL="${stand.way.callback}"`);
    expect(request).toContain(`>${OURS}<`);
    expect(request).toContain(PERSISTENT);
    expect(started.keep['request']).toMatch(/^_[0-9a-f]{40}$/);
    expect(new URL(started.redirect).searchParams.get('RelayState')).toBe(started.keep['state']);
  });

  it('names who signed in there, by persistent NameID', async () => {
    const signedInAt = new Date(Date.now() - 3_600_000).toISOString();
    expect(await stand.come(signedAssertion, { signedInAt })).toEqual({
      authenticatedAt: signedInAt,
      issuer: ENTITY,
      subject: 'p-7f3a',
      login: 'odile.tramontane',
      mail: 'odile.tramontane@saisons.example',
      assurance: { level: WEAK },
      isStrong: false,
      session: 'p-7f3a index-1',
      leaving: { nameId: 'p-7f3a', format: PERSISTENT, sessionIndex: 'index-1' },
    });
  });

  it('tells a card from a password', async () => {
    expect(await stand.come(signedAssertion, { level: STRONG })).toMatchObject({ isStrong: true });
  });

  it('takes a response that is signed as well, and one of another certificate of the list', async () => {
    const both = await stand.come((said) => sign(signedAssertion(said), responseId()));
    expect(both).toMatchObject({ subject: 'p-7f3a' });

    const rolling = await standWith({ certificates: [IDP.certificate, STRANGER.certificate] });
    expect(
      await rolling.come((said) => signedAssertion(said, { key: STRANGER.privateKey })),
    ).toMatchObject({ subject: 'p-7f3a' });
    await rolling.test.stop();
  });

  it('is confirmed by a sign-in of now', async () => {
    const started = await stand.way.begin('confirm');
    expect('redirect' in started && requestIn(started.redirect)).toContain('ForceAuthn="true"');

    expect(await stand.come(signedAssertion, {}, 'confirm')).toMatchObject({ subject: 'p-7f3a' });
    const earlier = { signedInAt: at(-3_600) };
    expect(await stand.come(signedAssertion, earlier, 'confirm')).toEqual(refusedAs('too-old'));
  });

  it('leaves at the provider with the name that it knows', async () => {
    const leave = await stand.way.leave({
      nameId: 'p-7f3a',
      format: PERSISTENT,
      sessionIndex: 'index-1',
    });

    expect(leave).toMatch(/^https:\/\/idp\.example\/slo\?/);
    expect(requestIn(leave ?? '')).toContain('p-7f3a');
    expect(requestIn(leave ?? '')).toContain('index-1');
    expect(await stand.way.leave({})).toBeUndefined();
  });

  it('signs what it asks where it has a key', async () => {
    const signing = await standWith({}, { 'idp.privateKey': IDP.privateKey });
    const started = await signing.way.begin();

    expect('redirect' in started && new URL(started.redirect).searchParams.get('SigAlg')).toMatch(
      /rsa-sha256$/,
    );
    await signing.test.stop();
  });

  it.each<readonly [string, Partial<Said>, string]>([
    ['for another audience', { audience: 'https://other.example' }, 'audience'],
    ['for another recipient', { recipient: 'https://other.example/acs' }, 'recipient'],
    ['to another request', { inResponseTo: '_other' }, 'in-response-to'],
    ['to no request', { inResponseTo: '' }, 'in-response-to'],
    ['of another issuer', { issuer: 'https://other.example' }, 'issuer'],
    ['that has expired', { notOnOrAfter: at(-61) }, 'expired'],
    ['that is kept for long', { issuedAt: at(-900), notOnOrAfter: at(3_600) }, 'expired'],
    ['that is not yet valid', { notBefore: at(90) }, 'not-yet-valid'],
    ['that is made tomorrow', { issuedAt: at(90) }, 'issued-in-future'],
    [
      'with a name for one session',
      { format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' },
      'no-subject',
    ],
    [
      'that has to be held by somebody',
      { method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' },
      'confirmation',
    ],
  ])('refuses an assertion %s', async (_name, changes, code) => {
    expect(await stand.come(signedAssertion, changes)).toEqual(refusedAs(code));
  });

  it.each<readonly [string, (said: Said) => string, string]>([
    ['without a signature', (said) => responseOf(said, assertionOf(said)), 'signature'],
    [
      'signed by another',
      (said) => signedAssertion(said, { key: STRANGER.privateKey }),
      'signature',
    ],
    ['signed with SHA-1', (said) => signedAssertion(said, { algorithm: 'sha1' }), 'algorithm'],
    ['with a digest of SHA-1', (said) => signedAssertion(said, { digest: 'sha1' }), 'algorithm'],
    [
      'changed after it was signed',
      (said) => signedAssertion(said).replace('>odile.tramontane<', '>chief<'),
      'signature',
    ],
    [
      'signed as a response alone',
      (said) => sign(responseOf(said, assertionOf(said)), responseId()),
      'signature',
    ],
  ])('refuses an assertion %s', async (_name, make, code) => {
    expect(await stand.come(make)).toEqual(refusedAs(code));
  });

  /** Somlo and others, "On Breaking SAML": the signature stands, the reader reads something else. */
  it.each<readonly [string, (said: Said) => string]>([
    [
      'a false assertion before the signed one',
      (said) =>
        signedAssertion(said).replace(
          '<saml:Assertion',
          `${assertionOf({ ...said, id: '_false', uid: 'chief' })}<saml:Assertion`,
        ),
    ],
    [
      'a false assertion after the signed one',
      (said) =>
        signedAssertion(said).replace(
          '</samlp:Response>',
          `${assertionOf({ ...said, id: '_false', uid: 'chief' })}</samlp:Response>`,
        ),
    ],
    [
      'the signed one inside of a false one',
      (said) => {
        const signed = signedAssertion(said);
        const [real = ''] = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(signed) ?? [];
        const outer = assertionOf({ ...said, id: '_false', uid: 'chief' }).replace(
          '</saml:Subject>',
          `</saml:Subject>${real}`,
        );
        return signed.replace(real, outer);
      },
    ],
    [
      'the signed one in an extension',
      (said) => {
        const signed = signedAssertion(said);
        const [real = ''] = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(signed) ?? [];
        const fake = assertionOf({ ...said, uid: 'chief' });
        return signed
          .replace(real, fake)
          .replace('<samlp:Status>', `<samlp:Extensions>${real}</samlp:Extensions><samlp:Status>`);
      },
    ],
    [
      'two of one identifier',
      (said) =>
        signedAssertion(said).replace(
          '</samlp:Response>',
          `${assertionOf({ ...said, uid: 'chief' })}</samlp:Response>`,
        ),
    ],
    ['a response inside of a response', (said) => responseOf({ ...said }, signedAssertion(said))],
  ])('refuses %s', async (_name, make) => {
    expect(await stand.come(make)).toEqual(refusedAs('wrapped'));
  });

  it.each<readonly [string, (xml: string) => string]>([
    ['entities that grow', (xml) => `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>${xml}`],
    ['an outside file', (xml) => `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${xml}`],
    ['a comment that cuts a name', (xml) => xml.replace('odile.', 'odile<!-- -->.')],
    ['an instruction', (xml) => `<?run this?>${xml}`],
    ['no XML', () => 'SAML'],
    ['tags that do not close', (xml) => xml.slice(0, -5)],
  ])('refuses a response with %s', async (_name, change) => {
    expect(await stand.come((said) => change(signedAssertion(said)))).toMatchObject({
      refused: 'invalid',
    });
  });

  it('refuses a comment that was there when it was signed', async () => {
    const changes = { uid: 'chief<!-- -->.odile' };

    expect(await stand.come(signedAssertion, changes)).toEqual(refusedAs('xml'));
  });

  it('refuses an answer a second time, in the same browser and in another', async () => {
    const started = await stand.way.begin();
    if (!('redirect' in started)) throw new Error(started.code);
    const { keep } = started;
    const said = rightly(keep['request'] ?? '', stand.way.callback);
    const SAMLResponse = encode(signedAssertion(said));
    const body = { SAMLResponse, RelayState: keep['state'] ?? '' };
    expect(await stand.way.finish({ keep, via: 'post', body })).toHaveProperty('subject');

    expect(await stand.way.finish({ keep, via: 'post', body })).toEqual(refusedAs('replayed'));
    const other = await stand.way.begin();
    if (!('redirect' in other)) throw new Error(other.code);
    const theirs = { SAMLResponse, RelayState: other.keep['state'] ?? '' };
    expect(await stand.way.finish({ keep: other.keep, via: 'post', body: theirs })).toEqual(
      refusedAs('in-response-to'),
    );
    expect(await stand.way.finish({ keep: other.keep, via: 'post', body })).toEqual(
      refusedAs('state-mismatch'),
    );
  });

  it('refuses what comes by a link, and what is too large', async () => {
    const started = await stand.way.begin();
    if (!('redirect' in started)) throw new Error(started.code);
    const { keep } = started;
    const said = rightly(keep['request'] ?? '', stand.way.callback);
    const answer = { SAMLResponse: encode(signedAssertion(said)), RelayState: keep['state'] ?? '' };

    expect(await stand.way.finish({ keep, via: 'get', query: answer })).toEqual(
      refusedAs('binding'),
    );
    const large = { ...answer, SAMLResponse: 'A'.repeat(300_000) };
    expect(await stand.way.finish({ keep, via: 'post', body: large })).toEqual(refusedAs('answer'));
  });

  it('is told when the person gives up', async () => {
    const answer = await stand.come(
      (said) =>
        `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r" Version="2.0" IssueInstant="${said.issuedAt}" InResponseTo="${said.inResponseTo}"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode></samlp:Status></samlp:Response>`,
    );

    expect(answer).toEqual({ refused: 'cancelled', code: 'cancelled' });
  });
});

describe('the level of a SAML sign-in', () => {
  it('that was asked for has to come back', async () => {
    const stand = await standWith({ acr: [STRONG] });
    const started = await stand.way.begin();

    expect('redirect' in started && requestIn(started.redirect)).toContain(STRONG);
    expect(await stand.come(signedAssertion)).toEqual(refusedAs('level'));
    expect(await stand.come(signedAssertion, { level: STRONG })).toHaveProperty('subject');
    await stand.test.stop();
  });
});

describe('a provider without persistent names', () => {
  it('is one whose attribute names people for ever', async () => {
    const stand = await standWith({ subject: 'uid' });
    const format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';

    expect(await stand.come(signedAssertion, { format })).toMatchObject({
      subject: 'odile.tramontane',
    });
    await stand.test.stop();
  });
});

describe('estafette sso:metadata', () => {
  it('prints what the provider is to know', async () => {
    const { test } = await standWith();

    const { code, lines } = await test.runCommand('sso:metadata', ['test', 'idp', 'test.example']);
    const missing = await test.runCommand('sso:metadata', ['test', 'other', 'test.example']);
    const wrong = await test.runCommand('sso:metadata', ['test', 'idp', 'https://x"><y']);
    await test.stop();

    expect([code, missing.code, wrong.code]).toEqual([0, 1, 2]);
    expect(lines.join('')).toContain('https://test.example/login/sso/idp/callback');
    expect(lines.join('')).toContain(`entityID="${OURS}"`);
    expect(lines.join('')).toContain('WantAssertionsSigned="true"');
  });
});
