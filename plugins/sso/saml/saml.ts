import { type Profile, SamlStatusError } from '@node-saml/node-saml';
import type { SignInBegin, SignInIdentity, SignInReturn, SignInStarted } from 'estafette/plugin';
import { isFirstUse } from '../once';
import type { SamlProvider } from '../providers';
import { invalid, Refused } from '../refused';
import { isSame, randomWord } from '../secrets';
import type { Step } from '../types';
import { personOf, textsOf, timeOf, type Values } from '../values';
import { type Element, wrapParsed } from '../xml';
import { newRequest, PERSISTENT, SKEW_MS, samlOf } from './client';
import { refusedBySaml } from './faults';
import { guardResponse } from './guard';
import { sessionOf } from './session';

const MAX_RESPONSE_CHARS = 250_000;
/** SAML Core 8.3.7: a persistent identifier has no more than 256 characters. */
const MAX_NAME_CHARS = 256;
const ASSERTION_MS = 30 * 60_000;

/** Sends the browser with a request of its own (HTTP-Redirect binding). */
export async function beginSaml(
  step: Step<SamlProvider>,
  { callback, purpose }: SignInBegin,
): Promise<SignInStarted> {
  const request = newRequest();
  const state = randomWord();
  const saml = samlOf(step, { callback, request, isForced: purpose === 'confirm' });
  const redirect = await saml.getAuthorizeUrlAsync(state, undefined, {});
  return { redirect, keep: { state, request, at: String(step.context.clock.now()) } };
}

/** Whom a signed assertion names, once it is ours, for this request, in time and new. */
export async function finishSaml(
  step: Step<SamlProvider>,
  request: SignInReturn,
): Promise<SignInIdentity> {
  const { via, body, keep, callback } = request;
  if (via !== 'post') throw invalid('binding');
  if (!isSame(body['RelayState'], keep['state'])) throw invalid('state-mismatch');
  const encoded = body['SAMLResponse'] ?? '';
  if (encoded === '' || encoded.length > MAX_RESPONSE_CHARS) throw invalid('answer');
  await guardResponse(Buffer.from(encoded, 'base64').toString('utf8'));
  const saml = samlOf(step, { callback, request: keep['request'] ?? '' });
  let profile: Profile | null;
  try {
    ({ profile } = await saml.validatePostResponseAsync({ SAMLResponse: encoded }));
  } catch (error) {
    if (error instanceof SamlStatusError) throw new Refused('cancelled', 'cancelled');
    throw refusedBySaml(error);
  }
  if (!profile) throw invalid('answer');
  const assertion = wrapParsed('Assertion', profile.getAssertion?.()['Assertion']);
  checkAssertion(step, assertion, request);
  await spend(step, assertion);
  return identityOf(step.provider, assertion, profile);
}

/** SAML Profiles 4.1.4.3: what the library does not look at, or only when it is there. */
function checkAssertion(
  { provider, context }: Step<SamlProvider>,
  assertion: Element,
  { callback, keep, purpose }: SignInReturn,
): void {
  if (assertion.only('Issuer')?.text !== provider.issuer) throw invalid('issuer');
  const confirmation = assertion.only('Subject')?.only('SubjectConfirmation');
  if (confirmation?.attributes['Method'] !== 'urn:oasis:names:tc:SAML:2.0:cm:bearer') {
    throw invalid('confirmation');
  }
  const data = confirmation.only('SubjectConfirmationData')?.attributes ?? {};
  if (data['Recipient'] !== callback) throw invalid('recipient');
  if (!isSame(data['InResponseTo'], keep['request'])) throw invalid('in-response-to');
  if (data['NotOnOrAfter'] === undefined) throw invalid('expired');
  const audiences = assertion
    .only('Conditions')
    ?.children('AudienceRestriction')
    .map((one) => one.children('Audience').map(({ text }) => text));
  const isOurs = (list: readonly string[]): boolean => list.includes(provider.entityId);
  if (!audiences || audiences.length === 0 || !audiences.every(isOurs)) throw invalid('audience');
  if (assertion.children('AuthnStatement').length === 0) throw invalid('answer');
  const issuedAt = Date.parse(assertion.attributes['IssueInstant'] ?? '');
  if (!(issuedAt <= context.clock.now() + SKEW_MS)) throw invalid('issued-in-future');
  const level = levelOf(assertion);
  if (provider.acr.length > 0 && (level === undefined || !provider.acr.includes(level))) {
    throw invalid('level');
  }
  if (purpose !== 'confirm') return;
  if (!(signedInAt(assertion) >= Number(keep['at']) - SKEW_MS)) throw invalid('too-old');
}

const signedInAt = (assertion: Element): number =>
  Date.parse(assertion.children('AuthnStatement')[0]?.attributes['AuthnInstant'] ?? '');

async function spend({ context, site, provider }: Step<SamlProvider>, assertion: Element) {
  const word = assertion.attributes['ID'] ?? '';
  const untilMs = context.clock.now() + ASSERTION_MS;
  const once = { site, provider: provider.id, kind: 'assertion', word, untilMs } as const;
  if (word === '' || !(await isFirstUse(context, once))) throw invalid('replayed');
}

function levelOf(assertion: Element): string | undefined {
  const context = assertion.children('AuthnStatement')[0]?.only('AuthnContext');
  return textsOf(context?.only('AuthnContextClassRef')?.text)[0];
}

function identityOf(provider: SamlProvider, assertion: Element, profile: Profile): SignInIdentity {
  const values = attributesOf(assertion);
  const level = levelOf(assertion);
  const nameId = assertion.only('Subject')?.only('NameID');
  const format = nameId?.attributes['Format'];
  const subject =
    provider.subject === undefined
      ? format === PERSISTENT && nameId?.text
      : textsOf(values[provider.subject])[0];
  if (typeof subject !== 'string' || subject === '' || subject.length > MAX_NAME_CHARS) {
    throw invalid('no-subject');
  }
  const session = sessionOf(nameId?.text ?? '', profile.sessionIndex);
  return {
    issuer: provider.issuer,
    subject,
    ...personOf(provider, values),
    assurance: level === undefined ? {} : { level },
    ...timeOf(signedInAt(assertion)),
    isStrong: level !== undefined && provider.strongAcr.includes(level),
    ...(session !== undefined && { session }),
    leaving: {
      nameId: (nameId?.text ?? '').slice(0, MAX_NAME_CHARS),
      ...(format !== undefined && { format }),
      ...(profile.sessionIndex !== undefined && { sessionIndex: profile.sessionIndex }),
    },
  };
}

/** By name and by friendly name, which is what people write in a configuration. */
function attributesOf(assertion: Element): Values {
  const values: Record<string, readonly string[]> = Object.create(null) as Record<string, never>;
  for (const statement of assertion.children('AttributeStatement')) {
    for (const attribute of statement.children('Attribute')) {
      const { Name: name, FriendlyName: friendly } = attribute.attributes;
      const texts = attribute.children('AttributeValue').map(({ text }) => text);
      for (const one of new Set([name, friendly])) {
        if (one !== undefined) values[one] = [...(values[one] ?? []), ...texts];
      }
    }
  }
  return { ...values };
}

/** Where the browser signs out at the provider, with a request that the provider can check. */
export async function leaveSaml(
  step: Step<SamlProvider>,
  { leaving, back }: { readonly leaving: Readonly<Record<string, string>>; readonly back: string },
): Promise<string | undefined> {
  const { nameId = '', format = PERSISTENT, sessionIndex } = leaving;
  if (step.provider.signOutUrl === undefined || nameId === '') return undefined;
  return samlOf(step, { callback: back, request: newRequest() }).getLogoutUrlAsync(
    {
      issuer: step.provider.issuer,
      nameID: nameId,
      nameIDFormat: format,
      ...(sessionIndex !== undefined && { sessionIndex }),
    },
    '',
    {},
  );
}
