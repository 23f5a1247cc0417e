import type { Clock } from '../base/clock';
import { AppError, isAppError, toAppError } from '../base/errors';
import { newToken } from '../base/ids';
import type { ImapAccess } from '../imap/types';
import type { Site } from '../sites/site';
import { principalShape } from './hooks';
import type { LoginInput } from './login-input';
import type { Principal } from './types';

/** Opens and closes one connection; throws `imap/credentials` when the server refuses. */
export type VerifyImap = (access: ImapAccess, timeoutMs: number) => Promise<void>;

/**
 * A principal, or undefined for a wrong login or password. Throws `imap/unreachable` otherwise, and
 * when the server has not said by `endsAt`.
 */
export type ImapLogin = (
  site: Site,
  loginDomain: string | undefined,
  input: LoginInput,
  endsAt: number,
) => Promise<Principal | undefined>;

/** Signs in by asking the mail server itself, for sites without a directory. */
export function createImapLogin(deps: {
  readonly clock: Clock;
  readonly verifyImap: VerifyImap;
  /** The server of somebody who signs in; the site's unless told. */
  readonly serverOf?: (site: Site, login: string) => Promise<ImapAccess['server']>;
}): ImapLogin {
  return async (site, loginDomain, { login, password }, endsAt) => {
    const username = completeLogin(login, loginDomain);
    try {
      const server = (await deps.serverOf?.(site, username)) ?? site.imap;
      await deps.verifyImap(
        {
          // Never the key of anybody's open connections.
          key: `${site.id}:sign-in:${newToken(8)}`,
          server,
          credential: () => ({ username, password }),
        },
        Math.max(endsAt - deps.clock.now(), 1),
      );
    } catch (error) {
      if (isAppError(error, 'imap/credentials')) return undefined;
      throw unreachable(toAppError(error));
    }
    return principalOf(username, site);
  };
}

/** Whatever is wrong with the server, nobody signs in by it now: slow is down. */
const unreachable = (cause: AppError): AppError =>
  cause.code.startsWith('imap/')
    ? new AppError('imap/unreachable', {
        cause,
        details: { ...cause.details, code: cause.code },
        textKey: cause.textKey,
      })
    : cause;

/** A login as the mail server wants it. */
export const completeLogin = (login: string, domain: string | undefined): string =>
  login.includes('@') || domain === undefined ? login : `${login}@${domain}`;

/** The server tells nothing but yes: the rest follows from the login. */
function principalOf(username: string, site: Site): Principal | undefined {
  const [local = username] = username.split('@');
  const mail = username.includes('@') ? username : `${username}@${site.mailDomains[0] ?? ''}`;
  const parsed = principalShape.safeParse({
    login: username.toLowerCase(),
    name: local,
    mail: mail.toLowerCase(),
    aliases: [],
    imapLogin: username,
    attributes: {},
  });
  if (!parsed.success) return undefined;
  const { dn: _none, ...principal } = parsed.data;
  return principal;
}
