import type {
  SignInBegin,
  SignInEnded,
  SignInIdentity,
  SignInReturn,
  SignInStarted,
} from 'estafette/plugin';
import { isFirstUse } from '../once';
import { openOutside } from '../outside';
import type { CasProvider } from '../providers';
import { invalid, Refused, unavailable } from '../refused';
import { isSame, randomWord } from '../secrets';
import type { Step } from '../types';
import { own, personOf, textsOf, timeOf, type Values } from '../values';
import { parseXml } from '../xml';
import { readAnswer } from './answer';

/** CAS Protocol 3.0, 3.1.1: `ST-` and up to 256 characters; servers put their host name in. */
const TICKET = /^ST-[A-Za-z0-9._-]{1,253}$/;
const TICKET_MS = 15 * 60_000;

/**
 * The protocol has no state: it is part of the service address, which the ticket is bound to, so
 * that a ticket of somebody else's browser is one for another service.
 */
function serviceOf(callback: string, state: string): string {
  const url = new URL(callback);
  url.searchParams.set('state', state);
  return url.href;
}

/** Sends the browser to the server's sign-in page. */
export async function beginCas(
  { provider }: Step<CasProvider>,
  { callback, purpose }: SignInBegin,
): Promise<SignInStarted> {
  const state = randomWord();
  const redirect = new URL(`${provider.issuer}/login`);
  redirect.searchParams.set('service', serviceOf(callback, state));
  // 2.1.1: an earlier sign-in there does not count.
  if (purpose === 'confirm') redirect.searchParams.set('renew', 'true');
  return { redirect: redirect.href, keep: { state } };
}

/** Asks the server whom a ticket is for. */
export async function finishCas(
  step: Step<CasProvider>,
  { callback, purpose, via, query, keep }: SignInReturn,
): Promise<SignInIdentity> {
  const { context, site, provider } = step;
  const state = keep['state'] ?? '';
  if (via !== 'get' || !isSame(query['state'], state)) throw invalid('state-mismatch');
  const { ticket } = query;
  if (ticket === undefined) throw new Refused('cancelled', 'no-ticket');
  if (!TICKET.test(ticket)) throw invalid('ticket');
  // Its server takes a ticket once; a server that forgets to would make it a password.
  const once = { site, provider: provider.id, kind: 'ticket', word: ticket } as const;
  if (!(await isFirstUse(context, { ...once, untilMs: context.clock.now() + TICKET_MS }))) {
    throw invalid('replayed');
  }
  const validated = await validate(step, {
    service: serviceOf(callback, state),
    ticket,
    isRenewed: purpose === 'confirm',
  });
  return identityOf(provider, validated, { ticket, now: context.clock.now() });
}

async function validate(
  { context, provider }: Step<CasProvider>,
  asked: { readonly service: string; readonly ticket: string; readonly isRenewed: boolean },
) {
  const url = new URL(`${provider.issuer}/p3/serviceValidate`);
  url.searchParams.set('service', asked.service);
  url.searchParams.set('ticket', asked.ticket);
  url.searchParams.set('format', 'JSON');
  if (asked.isRenewed) url.searchParams.set('renew', 'true');
  const answer = await openOutside(context)(url.href, {
    headers: { accept: 'application/json, application/xml' },
  });
  if (answer.status !== 200) throw unavailable(`status-${answer.status}`);
  return readAnswer(await answer.text());
}

/** Asks about a ticket that nobody has: that it is refused is the answer of a server that works. */
export async function checkCas(step: Step<CasProvider>): Promise<void> {
  const asked = { service: step.provider.issuer, ticket: 'ST-check', isRenewed: false };
  try {
    await validate(step, asked);
  } catch (error) {
    if (!(error instanceof Refused) || error.refused === 'unavailable') throw error;
  }
}

function identityOf(
  provider: CasProvider,
  { user, attributes }: Awaited<ReturnType<typeof readAnswer>>,
  { ticket, now }: { readonly ticket: string; readonly now: number },
): SignInIdentity {
  const [level] = textsOf(own(attributes, provider.levelAttribute));
  return {
    issuer: provider.issuer,
    subject: user,
    // An attribute may not pass itself off as whom the server vouches for.
    ...personOf(provider, { ...attributes, user }),
    assurance: level === undefined ? {} : { level },
    ...timeOf(signedInAt(attributes, now)),
    isStrong: level !== undefined && provider.strongAcr.includes(level),
    session: ticket,
    leaving: { ticket },
  };
}

/** 2.5.4: the ticket was made for a password that was typed for it, or when one was. */
function signedInAt(attributes: Values, now: number): number {
  const first = (name: string): unknown => [own(attributes, name)].flat()[0];
  const isNew = first('isFromNewLogin');
  if (isNew === true || isNew === 'true') return now;
  const [date = ''] = textsOf(first('authenticationDate'));
  // Seconds in JSON of some servers; others write the zone of Java behind it, `…Z[UTC]`.
  return /^\d+(?:\.\d+)?$/.test(date)
    ? Number(date) * 1_000
    : Date.parse(date.replace(/\[.*$/, ''));
}

/** Where the browser signs out of the server (2.3). */
export async function leaveCas(
  { issuer, logout }: CasProvider,
  back: string,
): Promise<string | undefined> {
  if (!logout) return undefined;
  const url = new URL(`${issuer}/logout`);
  url.searchParams.set('service', back);
  return url.href;
}

/**
 * Single logout (2.3.3): the ticket that opened the session is what its sender has to know; nobody
 * but its server, the browser and we ever did. Told twice, it ends what is ended: nothing is kept of it.
 */
export async function noticeCas(
  { provider }: Step<CasProvider>,
  body: Readonly<Record<string, string>>,
): Promise<SignInEnded> {
  const { root } = await parseXml(body['logoutRequest'] ?? '');
  const ticket = root.only('SessionIndex')?.text ?? '';
  if (root.name !== 'LogoutRequest' || !TICKET.test(ticket)) throw invalid('ticket');
  return { issuer: provider.issuer, session: ticket };
}
