import type { Clock } from '../base/clock';
import { AppError } from '../base/errors';
import type { Site } from '../sites/site';
import { told } from './admitting';
import { confirmSession } from './confirming';
import type { DirectoryLookup } from './directory-lookup';
import { principalShape } from './hooks';
import { completeLogin } from './imap-login';
import type { LinkKey, LinkStore, SignInLink } from './links-store';
import { externalSecret } from './mail-access';
import { asOf, type OpeningRequest, onOwnSite, openOn } from './opening';
import { type RenewingDeps, thawProven } from './renewing';
import type { LoadedSession, SignedIn } from './service-types';
import { askGuards } from './sign-in';
import { providerSessionKey, subjectKey } from './sign-in-keys';
import type { Assurance, Principal, SealedTokens, User } from './types';

/** At least this is left to the directory, however long the provider took. */
const LOOKUP_MIN_MS = 1_000;
/** Clocks of providers differ from ours (threats L2). */
const SKEW_MS = 60_000;

/** Whom a provider vouches for, as checked: plain data, tokens in clear on their way to the seal. */
export interface VouchedIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly login: string;
  readonly mail?: string | undefined;
  readonly name?: string | undefined;
  readonly attributes?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly assurance?: Assurance | undefined;
  /** When the person proved there who they are; ISO time. */
  readonly authenticatedAt?: string | undefined;
  /** The provider's name of its own session. */
  readonly session?: string | undefined;
  readonly leaving?: Readonly<Record<string, string>> | undefined;
  readonly tokens?: SealedTokens | undefined;
}

/** A way in: a method of a plugin. */
export interface Way {
  readonly plugin: string;
  readonly method: string;
}

export interface VouchedRequest extends OpeningRequest, Way {
  readonly identity: VouchedIdentity;
  /** The browser's session that waits for its person to sign in again. */
  readonly frozen?: LoadedSession | undefined;
  /** When the person was sent to the provider, by the clock. */
  readonly begunAt: number;
  /** Until when the directory may answer, by the clock. */
  readonly endsAt: number;
}

/** What happened to the link of an account and a provider; lines of the audit log. */
export interface LinkEvent {
  readonly event: 'sign-in:linked' | 'sign-in:conflict' | 'sign-in:unlinked';
  readonly site: Site['id'];
  readonly login: string;
  readonly remote?: string;
  readonly via: string;
  readonly issuer?: string;
  /** Login of the person who did it from a page; else it came by a sign-in, or by a command. */
  readonly actor?: string;
}

export interface VouchedDeps extends RenewingDeps {
  readonly clock: Clock;
  readonly lookup: DirectoryLookup;
  readonly links: LinkStore;
  readonly tellLink?: ((event: LinkEvent) => Promise<void>) | undefined;
}

/** `sso.cerbere`: what `Session.via` says. */
export const viaOf = ({ plugin, method }: Way): string => `${plugin}.${method}`;

interface Met {
  readonly request: VouchedRequest;
  readonly link: SignInLink | undefined;
  readonly user: User | undefined;
  readonly principal: Principal;
}

/**
 * Signs in somebody for whom a provider vouches: by the link of their subject, whatever login it
 * says; at the first meeting by that login. Throws `session/not-eligible`, `session/link-conflict`,
 * `session/refused`, `session/mail-access`, `directory/*`; each is told to `session:refused`.
 */
export async function openVouched(deps: VouchedDeps, asked: VouchedRequest): Promise<SignedIn> {
  const via = viaOf(asked);
  const asTyped = { login: asked.identity.login, via };
  const { request, principal } = await told(deps, asked, asTyped, async () => {
    const met = await meet(deps, asked);
    await askGuards(deps, met.request, { principal: met.principal, via });
    if (!met.link) await assertFree(deps, met);
    return met;
  });
  const { site, plugin, method, identity, frozen } = request;
  const { tokens, leaving, session } = identity;
  const secret = await told(deps, request, asTyped, async () =>
    externalSecret(site, {
      username: principal.imapLogin,
      plugin,
      method,
      ...(tokens && { tokens }),
      ...(leaving && { leaving }),
    }),
  );
  const voucher = { site: site.id, plugin, issuer: identity.issuer };
  const proven = {
    principal,
    via,
    secret,
    isFresh: isFresh(request, deps.clock.now()),
    assurance: identity.assurance,
    provider: {
      subject: subjectKey(voucher, identity.subject),
      session: session === undefined ? undefined : providerSessionKey(voucher, session),
    },
    known: (user: User) => keepLink(deps, request, user),
  };
  const login = principal.login.toLowerCase();
  return told(deps, request, { login, via }, async () => {
    if (frozen?.session.state === 'frozen' && frozen.session.user.login === login) {
      const isHere = frozen.session.site === site.id;
      if (isHere) return thawProven(deps, frozen, request, proven);
    }
    return openOn(deps, request, proven);
  });
}

/**
 * The person of an open session proved again that it is they, at the provider that they came by.
 * Anybody else is refused: `sign-in/invalid`.
 */
export async function confirmVouched(
  deps: VouchedDeps,
  loaded: LoadedSession,
  request: VouchedRequest,
): Promise<SignedIn> {
  const { stored } = deps.loading.held(loaded);
  const via = viaOf(request);
  await told(deps, request, { login: stored.user.login, via }, async () => {
    const { link } = await findLink(deps, { ...request, also: [] });
    if (link?.user === stored.user.id) return;
    throw new AppError('sign-in/invalid', { details: { reason: 'other-person' } });
  });
  await deps.links.used(keyOf(request));
  return confirmSession(deps, loaded, { via }, request.scope);
}

/**
 * Whether the provider asked the person for this sign-in. One that only knows them still, or does not
 * say, tells nothing of who sits there now; a time to come is none.
 */
function isFresh({ identity, begunAt }: VouchedRequest, now: number): boolean {
  const at = Date.parse(identity.authenticatedAt ?? '');
  return at >= begunAt - SKEW_MS && at <= now + SKEW_MS;
}

const keyOf = ({ site, plugin, method, identity }: VouchedRequest): LinkKey => ({
  site: site.id,
  plugin,
  method,
  issuer: identity.issuer,
  subject: identity.subject,
});

/** The link of the subject, on the site or on another that shares its host. */
async function findLink({ links }: VouchedDeps, request: VouchedRequest) {
  for (const site of [request.site, ...(request.also ?? [])]) {
    const here = site === request.site ? request : { ...request, ...asOf(site, request.scope) };
    const link = await links.find(keyOf(here));
    if (link) return { link, request: here };
  }
  return { link: undefined, request };
}

async function meet(deps: VouchedDeps, asked: VouchedRequest): Promise<Met> {
  const { link, request } = await findLink(deps, asked);
  if (link) {
    const user = await deps.users.find(link.user);
    if (!user) throw new AppError('session/refused', { details: { reason: 'user-gone' } });
    const principal = await principalOf(deps, request, user.login);
    // The entry that answers to the login is another person's: a mail address, say, given anew.
    if (principal.login.toLowerCase() !== user.login) throw conflict('directory-entry');
    await deps.links.used(keyOf(request));
    return { request, link, user, principal };
  }
  const principal = await principalOf(deps, request, request.identity.login);
  const own = await onOwnSite(deps, request, principal);
  const user = await deps.users.findByLogin(own.site.id, principal.login);
  return { request: own, link: undefined, user, principal };
}

/** The directory's word where there is one; else the provider's. */
async function principalOf(
  { lookup, clock }: VouchedDeps,
  { site, identity, endsAt }: VouchedRequest,
  login: string,
): Promise<Principal> {
  const { signIn } = site;
  if (signIn.kind === 'imap')
    return principalFromIdentity(site, signIn.loginDomain, identity, login);
  const leftMs = Math.max(endsAt - clock.now(), LOOKUP_MIN_MS);
  const found = await lookup(signIn.ldap, login, leftMs);
  if (!found) throw new AppError('session/not-known', { details: { site: site.id } });
  return { ...found, attributes: { ...vouched(identity, found), ...found.attributes } };
}

/**
 * What the provider adds, under names in lower case; of groups, and of what the directory says under
 * any spelling of a name (RFC 4512 2.5: they have no case), it has nothing to say.
 */
function vouched(
  { attributes = {} }: VouchedIdentity,
  directory?: Pick<Principal, 'attributes'>,
): Principal['attributes'] {
  const said = Object.keys(directory?.attributes ?? {}).map((name) => name.toLowerCase());
  const closed = new Set(['memberof', ...said]);
  const own = new Map<string, readonly string[]>();
  for (const [name, values] of Object.entries(attributes)) {
    const key = name.toLowerCase();
    if (!closed.has(key)) own.set(key, [...(own.get(key) ?? []), ...values]);
  }
  return Object.fromEntries(own);
}

function principalFromIdentity(
  site: Site,
  loginDomain: string | undefined,
  identity: VouchedIdentity,
  login: string,
): Principal {
  const { mail, name } = identity;
  const imapLogin = completeLogin(login, loginDomain);
  const [local = imapLogin] = imapLogin.split('@');
  const address = imapLogin.includes('@') ? imapLogin : `${local}@${site.mailDomains[0] ?? ''}`;
  const parsed = principalShape.safeParse({
    login: imapLogin.toLowerCase(),
    name: name ?? local,
    mail: (mail ?? address).toLowerCase(),
    aliases: [],
    imapLogin,
    attributes: vouched(identity),
  });
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new AppError('session/refused', { details: { reason: 'identity', fields } });
  }
  const { dn: _none, ...principal } = parsed.data;
  return principal;
}

/** Before anything of an account is touched: it may be linked with another subject already. */
async function assertFree(deps: VouchedDeps, { request, user }: Met): Promise<void> {
  if (!user) return;
  const { plugin, identity } = request;
  const taken = (await deps.links.ofUser(user.id)).filter(
    (link) => link.plugin === plugin && link.issuer === identity.issuer,
  );
  for (const link of taken) {
    const key = { ...keyOf(request), method: link.method };
    const own = await deps.links.find(key);
    if (own?.user !== user.id) {
      await tellLink(deps, request, user.login, 'sign-in:conflict');
      throw conflict('other-subject');
    }
  }
}

async function keepLink(deps: VouchedDeps, request: VouchedRequest, user: User): Promise<void> {
  const done = await deps.links.link(keyOf(request), user.id);
  if (done === 'linked') await tellLink(deps, request, user.login, 'sign-in:linked');
  if (done !== 'conflict') return;
  await tellLink(deps, request, user.login, 'sign-in:conflict');
  throw conflict('other-subject');
}

const conflict = (reason: string): AppError =>
  new AppError('session/link-conflict', { details: { reason } });

const tellLink = async (
  { tellLink: write }: VouchedDeps,
  request: VouchedRequest,
  login: string,
  event: LinkEvent['event'],
): Promise<void> =>
  write?.({
    event,
    site: request.site.id,
    login,
    remote: request.remote,
    via: viaOf(request),
    issuer: request.identity.issuer.slice(0, 256),
  });
