import type { SAML } from '@node-saml/node-saml';
import type { SignInEnded, SignInNotice } from 'estafette/plugin';
import { isFirstUse } from '../once';
import type { SamlProvider } from '../providers';
import { invalid } from '../refused';
import type { Step } from '../types';
import type { Element } from '../xml';
import { newRequest, SKEW_MS, samlOf } from './client';
import { refusedBySaml } from './faults';
import { guardLogout } from './guard';
import { sessionOf } from './session';

const MAX_CHARS = 60_000;
/** A logout is told the moment that it happens. */
const MAX_AGE_MS = 120_000;
/** SAML Bindings 3.5.3 has 80 bytes; providers put more in. */
const MAX_RELAY_CHARS = 1_000;

/**
 * Whose sessions a sign-out ends that began elsewhere (SAML Profiles 4.4), HTTP-POST binding alone:
 * the whole request is signed there, while what a signature by address covers depends on how the
 * sender wrote the address.
 */
export async function noticeSaml(
  step: Step<SamlProvider>,
  { address, body }: SignInNotice,
): Promise<SignInEnded> {
  const encoded = body['SAMLRequest'] ?? '';
  if (encoded === '' || encoded.length > MAX_CHARS) throw invalid('answer');
  const root = await guardLogout(Buffer.from(encoded, 'base64').toString('utf8'));
  const saml = samlOf(step, { callback: address, request: newRequest() });
  try {
    await saml.validatePostRequestAsync({ SAMLRequest: encoded });
  } catch (error) {
    throw refusedBySaml(error);
  }
  await checkLogout(step, root, address);
  const goOn = await answerTo(step, saml, { id: idOf(root), relay: body['RelayState'] });
  return { ...whose(step.provider, root), ...(goOn !== undefined && { goOn }) };
}

const idOf = (root: Element): string => root.attributes['ID'] ?? '';

/** What the library does not look at: that it is for us, of now, and new. */
async function checkLogout(
  { context, site, provider }: Step<SamlProvider>,
  root: Element,
  address: string,
): Promise<void> {
  if (root.only('Issuer')?.text !== provider.issuer) throw invalid('issuer');
  // Bindings 3.5.5.2: a signed one says where it goes, or anybody that it was sent to could hand it on.
  if (root.attributes['Destination'] !== address) throw invalid('recipient');
  const now = context.clock.now();
  const issuedAt = Date.parse(root.attributes['IssueInstant'] ?? '');
  if (!(issuedAt <= now + SKEW_MS)) throw invalid('issued-in-future');
  if (issuedAt < now - MAX_AGE_MS - SKEW_MS) throw invalid('expired');
  const untilMs = issuedAt + MAX_AGE_MS + 2 * SKEW_MS;
  const word = idOf(root);
  const once = { site, provider: provider.id, kind: 'logout', word, untilMs } as const;
  if (word === '' || !(await isFirstUse(context, once))) throw invalid('replayed');
}

/** One session of a person; all of them where the request names none, or several. */
function whose(provider: SamlProvider, root: Element): SignInEnded {
  const { issuer } = provider;
  const name = root.only('NameID')?.text ?? '';
  if (name === '') throw invalid('nobody');
  const session = sessionOf(name, root.only('SessionIndex')?.text);
  if (session !== undefined) return { issuer, session };
  // Where an attribute names people, this one may be of a single session, or of another person.
  if (provider.subject !== undefined) throw invalid('nobody');
  return { issuer, subject: name };
}

/** Where the browser that brought it tells the provider that it is done. */
async function answerTo(
  { provider }: Step<SamlProvider>,
  saml: SAML,
  { id, relay = '' }: { readonly id: string; readonly relay: string | undefined },
): Promise<string | undefined> {
  if (provider.signOutUrl === undefined || relay.length > MAX_RELAY_CHARS) return undefined;
  const request = { ID: id, issuer: provider.issuer, nameID: '', nameIDFormat: '' };
  return saml.getLogoutResponseUrlAsync(request, relay, {}, true);
}
