import { AppError } from '../base/errors';
import { assertNever } from '../base/types';
import type { MailAccess } from '../sites';
import type { Site } from '../sites/site';
import type {
  ExternalSecret,
  MailCredential,
  MailServer,
  SealedTokens,
  SessionSecret,
} from './types';

type Asked = Pick<Site, 'id' | 'mailAccess'>;

const BY_PASSWORD: MailAccess = { kind: 'password' };
// RFC 6750 2.1: whatever else a provider sends would end up between the separators of SASL.
const TOKEN = /^[A-Za-z0-9\-._~+/]{1,16384}=*$/;

/**
 * What signs in to IMAP, SMTP and Sieve for a session. Throws `session/mail-access` when the site
 * opens no mail without a password, or not this person's.
 */
export function mailCredential(site: Asked, secret: SessionSecret): MailCredential {
  if (secret.kind === 'password') {
    const { username, password } = secret;
    return { username, password };
  }
  const { username, tokens } = secret;
  const { mailAccess: access = BY_PASSWORD } = site;
  switch (access.kind) {
    case 'password':
      throw closed(site, 'password');
    case 'oauth':
      if (!tokens) throw closed(site, 'no-token');
      return { username, accessToken: tokens.access, mechanism: access.mechanism };
    case 'master': {
      const { user, separator, password } = access;
      // The server cuts at a separator: such a login would be read as another person's.
      if (username.includes(separator)) throw closed(site, 'separator-in-login');
      return {
        username: `${username}${separator}${user}`,
        password: password.reveal(),
        ofService: true,
      };
    }
    case 'authzid':
      return {
        username: access.user,
        password: access.password.reveal(),
        authzid: username,
        ofService: true,
      };
    default:
      return assertNever(access);
  }
}

/** The tokens to seal: none where they open nothing. Throws `session/mail-access` for one that no server takes. */
export function tokensToKeep(
  site: Asked,
  tokens: SealedTokens | undefined,
): SealedTokens | undefined {
  if (site.mailAccess?.kind !== 'oauth' || !tokens) return undefined;
  if (!TOKEN.test(tokens.access)) throw closed(site, 'token-format');
  const { access, refresh, expiresAt } = tokens;
  const endsMs = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt);
  return {
    access,
    ...(refresh !== undefined && refresh !== '' && { refresh }),
    ...(Number.isFinite(endsMs) && { expiresAt: new Date(endsMs).toISOString() }),
  };
}

/**
 * What a session without a password keeps. Throws `session/mail-access` when it could open no mail,
 * so that nobody enters a webmail without mail.
 */
export function externalSecret(
  site: Asked,
  { tokens, ...identity }: Omit<ExternalSecret, 'kind'>,
): ExternalSecret {
  const kept = tokensToKeep(site, tokens);
  const secret: ExternalSecret = { kind: 'external', ...identity, ...(kept && { tokens: kept }) };
  mailCredential(site, secret);
  return secret;
}

/**
 * Plugins may choose the server of a person (`imap:options`, `smtp:options`): a token, and all the
 * more the password of a service that opens every mailbox, go to the servers of the site's file
 * alone. Throws `session/mail-access`.
 */
export function checkMailServer(
  site: Pick<Site, 'id' | 'mailAccess' | 'imap' | 'smtp'>,
  secret: SessionSecret,
  { host, port }: MailServer,
): void {
  if (secret.kind === 'password') return;
  const isOwn = [site.imap, site.smtp].some((one) => one.host === host && one.port === port);
  const { mailAccess: access = BY_PASSWORD } = site;
  const listed = access.kind === 'password' ? [] : access.servers;
  if (!isOwn && !listed.includes(host.toLowerCase())) throw closed(site, 'server-not-listed');
}

/** For the administrator's log: the setting, and what is wrong with it. */
const closed = (site: Asked, reason: string): AppError =>
  new AppError('session/mail-access', {
    details: { site: site.id, setting: 'mailAccess', reason },
  });
