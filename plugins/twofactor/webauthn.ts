import { createHash, randomBytes } from 'node:crypto';
import { type PluginRequest, z } from 'estafette/plugin';
import type { Context, Owner } from './owner';
import { countUse, listPasskeys, type NewPasskey, type Passkey } from './passkey-store';
import { makeSlip, readSlip, spendSlip } from './spent';
import type { Taken } from './taken';

/** Half a second to load: only who uses a passkey waits for it. */
const library = () => import('@simplewebauthn/server');

const CHALLENGE_BYTES = 32;
const TIMEOUT_MS = 5 * 60_000;
/** An answer with attestation none: some kilobytes. */
const RESPONSE_MAX = 20_000;
const NAME_MAX = 64;

/** Where a passkey is made or used: one page, of one session, at one address. */
export interface Ceremony {
  readonly owner: Owner;
  readonly origin: string;
  readonly rpId: string;
  readonly session: string;
}

export type Purpose = 'register' | 'use';

/** What the page gives the browser. */
export interface PasskeyAsk {
  /** Options of WebAuthn, as JSON. */
  readonly options: string;
  /** Comes back with the answer. */
  readonly slip: string;
}

/** `config.rpId` for a site with several hosts; else passkeys are of the host that made them. */
export function ceremonyOf(
  { site, origin, session = '' }: PluginRequest,
  user: number,
  rpId: string | undefined,
): Ceremony {
  return { owner: { site, user }, origin, rpId: rpId ?? new URL(origin).hostname, session };
}

const boundTo = (purpose: Purpose, { owner, session }: Ceremony): string =>
  `passkey ${purpose} ${owner.site} ${owner.user} ${session}`;

const newChallenge = (): string => randomBytes(CHALLENGE_BYTES).toString('base64url');

const credentialsOf = (passkeys: readonly Passkey[]) =>
  passkeys.map(({ credential, transports }) => ({
    id: credential,
    type: 'public-key' as const,
    transports: [...transports],
  }));

/** Asks the browser for a passkey that is none of the known ones. */
export function askToRegister(
  context: Context,
  ceremony: Ceremony,
  {
    person,
    known,
  }: {
    readonly person: { readonly name: string; readonly mail: string; readonly site: string };
    readonly known: readonly Passkey[];
  },
): PasskeyAsk {
  const challenge = newChallenge();
  const { site, user } = ceremony.owner;
  const options = {
    rp: { id: ceremony.rpId, name: person.site },
    user: {
      // WebAuthn 14.6.1: nothing of the person, and the same for each of their keys.
      id: createHash('sha256').update(`${site}\n${user}`).digest('base64url'),
      name: person.mail,
      displayName: person.name,
    },
    challenge,
    pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
    timeout: TIMEOUT_MS,
    excludeCredentials: credentialsOf(known),
    authenticatorSelection: {
      residentKey: 'discouraged',
      requireResidentKey: false,
      userVerification: 'required',
    },
    attestation: 'none',
  };
  return {
    options: JSON.stringify(options),
    slip: makeSlip(context, challenge, boundTo('register', ceremony)),
  };
}

/** Asks the browser for one of the person's passkeys. */
export function askToUse(
  context: Context,
  ceremony: Ceremony,
  known: readonly Passkey[],
): PasskeyAsk {
  const challenge = newChallenge();
  const options = {
    challenge,
    rpId: ceremony.rpId,
    timeout: TIMEOUT_MS,
    allowCredentials: credentialsOf(known),
    userVerification: 'required',
  };
  return {
    options: JSON.stringify(options),
    slip: makeSlip(context, challenge, boundTo('use', ceremony)),
  };
}

const base = z
  .string()
  .max(RESPONSE_MAX)
  .regex(/^[A-Za-z0-9_-]*$/);
const transports = z
  .array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']))
  .max(7);
const registrationShape = z.object({
  id: base.min(1).max(1_400),
  rawId: base.min(1).max(1_400),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base,
    attestationObject: base,
    transports: transports.optional().catch(undefined),
  }),
  clientExtensionResults: z.object({}).catch({}),
});
const assertionShape = z.object({
  id: base.min(1).max(1_400),
  rawId: base.min(1).max(1_400),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base,
    authenticatorData: base,
    signature: base,
    userHandle: base.max(200).optional().catch(undefined),
  }),
  clientExtensionResults: z.object({}).catch({}),
});

function parseResponse<T>(shape: z.ZodType<T>, text: string): T | undefined {
  if (text.length > RESPONSE_MAX) return undefined;
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // no JSON
  }
}

/** Why an answer of a browser is not believed: a word for the audit log. */
export type PasskeyFault =
  | 'shape'
  | 'challenge'
  | 'replayed'
  | 'origin'
  | 'rp'
  | 'verification'
  | 'counter'
  | 'credential'
  | 'signature';

/** The library says what is wrong in words alone. */
function faultOf(error: unknown): PasskeyFault {
  const text = error instanceof Error ? error.message.toLowerCase() : '';
  if (text.includes('origin')) return 'origin';
  if (text.includes('rp id')) return 'rp';
  if (text.includes('challenge')) return 'challenge';
  if (text.includes('user verification') || text.includes('user not present'))
    return 'verification';
  if (text.includes('counter')) return 'counter';
  return 'signature';
}

/** The challenge of a page, once: it lasts some minutes, in one session, for one purpose. */
async function takeChallenge(
  context: Context,
  purpose: Purpose,
  ceremony: Ceremony,
  slip: string,
): Promise<{ readonly challenge: string } | { readonly fault: PasskeyFault }> {
  const challenge = readSlip(context, slip, boundTo(purpose, ceremony));
  if (challenge === undefined) return { fault: 'challenge' };
  return (await spendSlip(context, challenge)) ? { challenge } : { fault: 'replayed' };
}

interface Answer {
  readonly slip: string;
  readonly response: string;
}

/** A new passkey, when the browser's answer holds; not kept yet. */
export async function readRegistration(
  context: Context,
  ceremony: Ceremony,
  answer: Answer,
): Promise<Omit<NewPasskey, 'name'> | { readonly fault: PasskeyFault }> {
  const response = parseResponse(registrationShape, answer.response);
  if (!response) return { fault: 'shape' };
  const taken = await takeChallenge(context, 'register', ceremony, answer.slip);
  if ('fault' in taken) return taken;
  const { verifyRegistrationResponse } = await library();
  try {
    const { transports: known, ...rest } = response.response;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...response, response: { ...rest, ...(known && { transports: known }) } },
      expectedChallenge: taken.challenge,
      expectedOrigin: ceremony.origin,
      expectedRPID: ceremony.rpId,
      requireUserVerification: true,
    });
    if (!verified || !registrationInfo) return { fault: 'signature' };
    const { credential } = registrationInfo;
    return {
      credential: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: known ?? [],
    };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** Which passkey of the person was used, once its answer holds and its counter is written. */
export async function takePasskey(
  context: Context,
  ceremony: Ceremony,
  answer: Answer,
): Promise<(Passkey & Taken) | { readonly fault: PasskeyFault }> {
  const response = parseResponse(assertionShape, answer.response);
  if (!response) return { fault: 'shape' };
  const taken = await takeChallenge(context, 'use', ceremony, answer.slip);
  if ('fault' in taken) return taken;
  // Among the person's own: what another one owns is not looked for.
  const passkeys = await listPasskeys(context.db, ceremony.owner);
  const passkey = passkeys.find(({ credential }) => credential === response.id);
  if (!passkey) return { fault: 'credential' };
  const { verifyAuthenticationResponse } = await library();
  let counter: number;
  try {
    const { userHandle, ...rest } = response.response;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...response, response: { ...rest, ...(userHandle && { userHandle }) } },
      expectedChallenge: taken.challenge,
      expectedOrigin: ceremony.origin,
      expectedRPID: ceremony.rpId,
      credential: {
        id: passkey.credential,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
      },
      requireUserVerification: true,
    });
    if (!verified) return { fault: 'signature' };
    counter = authenticationInfo.newCounter;
  } catch (error) {
    return { fault: faultOf(error) };
  }
  const counted = await countUse(context, ceremony.owner, { id: passkey.id, counter });
  return counted ? { ...passkey, ...counted } : { fault: 'counter' };
}

/** A name as the person wrote it, on one line; `fallback` when there is nothing left of it. */
export function passkeyName(typed: string, fallback: string): string {
  const name = typed
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, NAME_MAX)
    .trim();
  return name === '' ? fallback : name;
}
