import {
  type AuthenticationResults,
  asciiDomain,
  type HeaderBlock,
  headerValues,
  type MethodResult,
  parseAuthenticationResults,
} from '../mime';
import type { Actor } from '../session';
import type { MailContext } from './context';
import { openedOf } from './opened';
import type { MessageView } from './types';

/** What a trusted server of the site found about the sender's address (RFC 8601). */
export interface SenderCheck {
  /**
   * `verified`: the domain of the address stands for the message; `failed`: it says that it does
   * not; `unverified`: nobody could tell.
   */
  readonly verdict: 'verified' | 'unverified' | 'failed';
  /** Domain of the address shown. */
  readonly domain: string;
  /** Who looked; none where no trusted server wrote anything. */
  readonly by: string | undefined;
  readonly details: readonly SenderCheckDetail[];
}

/** One method: what it found, and of what. */
export interface SenderCheckDetail {
  readonly method: string;
  readonly result: string;
  /** Domain or address that was looked at. */
  readonly about: string | undefined;
}

const MAX_FIELDS = 50;

/** What is known of the sender; `undefined` where the site names no server that it trusts. */
export async function checkSender(
  context: MailContext,
  actor: Actor,
  view: Pick<MessageView, 'ref' | 'from' | 'warnings'>,
): Promise<SenderCheck | undefined> {
  const trusted = actor.site.reading?.authservIds ?? [];
  if (trusted.length === 0 || view.from.length === 0) return undefined;
  const { headers } = await openedOf(context, actor, view.ref);
  return judgeSender({
    headers,
    trusted,
    mails: view.from.map(({ mail }) => mail),
    ownDomains: actor.site.mailDomains,
  });
}

interface JudgeInput {
  readonly headers: HeaderBlock;
  /** Names under which the site's servers write. */
  readonly trusted: readonly string[];
  /** Addresses of From; several are nobody's. */
  readonly mails: readonly string[];
  readonly ownDomains: readonly string[];
}

/** The verdict over one message's header. */
export function judgeSender({ headers, trusted, mails, ownDomains }: JudgeInput): SenderCheck {
  const domain = asciiDomain(mails[0] ?? '');
  const found = trustedResults(headers, trusted);
  const results = found.flatMap((one) => one.results);
  const isOne = mails.length === 1 && headerValues(headers, 'from').length <= 1;
  return {
    verdict: verdictOf(results, domain, { isOne, isOwn: isBelowAny(domain, ownDomains) }),
    domain,
    by: found[0]?.authservId,
    details: results.map((one) => ({
      method: one.method,
      result: one.result,
      about: aboutOf(one),
    })),
  };
}

/**
 * The topmost field of a trusted server, and those of the same server above the next passage: a
 * server writes on top (RFC 8601 5), so what stands below a `Received` of its own came along with
 * the message, whoever it names.
 */
function trustedResults(
  { fields }: HeaderBlock,
  trusted: readonly string[],
): readonly AuthenticationResults[] {
  const ids = new Set(trusted.map((id) => id.toLowerCase()));
  const found: AuthenticationResults[] = [];
  for (const { name, raw } of fields) {
    const field = name.toLowerCase();
    if (field === 'received' && found.length > 0) break;
    if (field !== 'authentication-results') continue;
    const results = parseAuthenticationResults(raw);
    if (!results || !ids.has(results.authservId)) continue;
    if (found[0] && found[0].authservId !== results.authservId) break;
    found.push(results);
    if (found.length >= MAX_FIELDS) break;
  }
  return found;
}

function verdictOf(
  results: readonly MethodResult[],
  domain: string,
  { isOne, isOwn }: { readonly isOne: boolean; readonly isOwn: boolean },
): SenderCheck['verdict'] {
  const of = (method: string) => results.filter((one) => one.method === method);
  const aligned = (one: MethodResult): boolean => isAligned(domainOf(one), domain);
  const passes = (method: string) =>
    of(method).some((one) => one.result === 'pass' && aligned(one));
  // DMARC is the owner's own word on the whole (RFC 7489 6.6).
  if (of('dmarc').some(({ result }) => result === 'fail')) return 'failed';
  const isSignedIn = isOwn && of('auth').some(({ result }) => result === 'pass');
  if (isOne && (passes('dmarc') || passes('dkim') || passes('spf') || isSignedIn)) {
    return 'verified';
  }
  if (passes('dkim') || passes('spf')) return 'unverified';
  // A broken signature says little (lists break them); a server that the domain refuses says much.
  const isRefused = of('spf').some((one) => one.result === 'fail' && aligned(one));
  return isRefused ? 'failed' : 'unverified';
}

const PROPERTIES = [
  'header.from',
  'header.d',
  'header.i',
  'smtp.mailfrom',
  'smtp.mail',
  'smtp.auth',
  'smtp.helo',
];

const aboutOf = ({ properties }: MethodResult): string | undefined =>
  PROPERTIES.flatMap((name) => properties.get(name) ?? [])[0];

/** Domain that a result is about. A greeting (`smtp.helo`) is no address of anybody. */
function domainOf({ method, properties }: MethodResult): string {
  const names: Readonly<Record<string, readonly string[]>> = {
    dmarc: ['header.from'],
    dkim: ['header.d', 'header.i'],
    spf: ['smtp.mailfrom', 'smtp.mail'],
  };
  const value = (names[method] ?? []).flatMap((name) => properties.get(name) ?? [])[0];
  return value === undefined ? '' : asciiDomain(value);
}

/** Relaxed alignment (RFC 7489 3.1): the same domain, or one below the other. */
function isAligned(domain: string, of: string): boolean {
  if (!domain.includes('.') || !of.includes('.')) return false;
  return domain === of || of.endsWith(`.${domain}`) || domain.endsWith(`.${of}`);
}

const isBelowAny = (domain: string, owns: readonly string[]): boolean =>
  owns.some((own) => domain === own || domain.endsWith(`.${own}`));
