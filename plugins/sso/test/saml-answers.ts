import { signXml } from '@node-saml/node-saml/lib/xml';
import { IDP } from './saml-keys';

export const ENTITY = 'https://idp.example/saml';
export const OURS = 'https://test.example/saml';
export const PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
export const WEAK = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
export const STRONG = 'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI';

export const at = (offsetS: number): string => new Date(Date.now() + offsetS * 1_000).toISOString();

/** What an assertion says; a test changes one thing. */
export interface Said {
  id: string;
  issuer: string;
  audience: string;
  recipient: string;
  inResponseTo: string;
  issuedAt: string;
  notBefore: string;
  notOnOrAfter: string;
  signedInAt: string;
  format: string;
  nameId: string;
  level: string;
  method: string;
  uid: string;
}

let serial = 0;
/** Of the response made last. */
export const responseId = (): string => `_response${serial}`;

export const rightly = (request: string, callback: string): Said => {
  serial += 1;
  return {
    id: `_assertion${serial}`,
    issuer: ENTITY,
    audience: OURS,
    recipient: callback,
    inResponseTo: request,
    issuedAt: at(-1),
    notBefore: at(-5),
    notOnOrAfter: at(120),
    signedInAt: at(0),
    format: PERSISTENT,
    nameId: 'p-7f3a',
    level: WEAK,
    method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
    uid: 'odile.tramontane',
  };
};

export const assertionOf = (said: Said): string =>
  `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${said.id}" Version="2.0" IssueInstant="${said.issuedAt}">` +
  `<saml:Issuer>${said.issuer}</saml:Issuer>` +
  `<saml:Subject><saml:NameID Format="${said.format}">${said.nameId}</saml:NameID>` +
  `<saml:SubjectConfirmation Method="${said.method}"><saml:SubjectConfirmationData NotOnOrAfter="${said.notOnOrAfter}" Recipient="${said.recipient}" InResponseTo="${said.inResponseTo}"/></saml:SubjectConfirmation></saml:Subject>` +
  `<saml:Conditions NotBefore="${said.notBefore}" NotOnOrAfter="${said.notOnOrAfter}"><saml:AudienceRestriction><saml:Audience>${said.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
  `<saml:AuthnStatement AuthnInstant="${said.signedInAt}" SessionIndex="index-1"><saml:AuthnContext><saml:AuthnContextClassRef>${said.level}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
  `<saml:AttributeStatement><saml:Attribute Name="urn:oid:0.9.2342.19200300.100.1.1" FriendlyName="uid"><saml:AttributeValue>${said.uid}</saml:AttributeValue></saml:Attribute>` +
  '<saml:Attribute Name="mail"><saml:AttributeValue>odile.tramontane@saisons.example</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>';

export const responseOf = (said: Said, inner: string): string =>
  `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_response${serial}" Version="2.0" IssueInstant="${said.issuedAt}" Destination="${said.recipient}" InResponseTo="${said.inResponseTo}">` +
  `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${said.issuer}</saml:Issuer>` +
  `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${inner}</samlp:Response>`;

export interface Signing {
  readonly key?: string;
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512';
  readonly digest?: string;
}

export const sign = (xml: string, id: string, { key, algorithm, digest }: Signing = {}): string =>
  signXml(
    xml,
    `//*[@ID='${id}']`,
    { reference: `//*[@ID='${id}']/*[local-name(.)='Issuer']`, action: 'after' },
    {
      privateKey: key ?? IDP.privateKey,
      signatureAlgorithm: algorithm ?? 'sha256',
      digestAlgorithm: digest ?? 'sha256',
    },
  );

export const signedAssertion = (said: Said, signing?: Signing): string =>
  sign(responseOf(said, assertionOf(said)), said.id, signing);

export const encode = (xml: string): string => Buffer.from(xml).toString('base64');

/** What a request to sign out says; a test changes one thing. */
export interface SaidLogout {
  readonly id: string;
  readonly issuer: string;
  readonly destination: string;
  readonly issuedAt: string;
  readonly nameId: string;
  readonly sessions: readonly string[];
}

export const logoutOf = (said: SaidLogout): string =>
  `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${said.id}" Version="2.0" IssueInstant="${said.issuedAt}" Destination="${said.destination}">` +
  `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${said.issuer}</saml:Issuer>` +
  `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="${PERSISTENT}">${said.nameId}</saml:NameID>` +
  `${said.sessions.map((one) => `<samlp:SessionIndex>${one}</samlp:SessionIndex>`).join('')}</samlp:LogoutRequest>`;

export const rightLogout = (destination: string): SaidLogout => {
  serial += 1;
  return {
    id: `_logout${serial}`,
    issuer: ENTITY,
    destination,
    issuedAt: at(-1),
    nameId: 'p-7f3a',
    sessions: ['index-1'],
  };
};

export const signedLogout = (said: SaidLogout, signing?: Signing): string =>
  sign(logoutOf(said), said.id, signing);
