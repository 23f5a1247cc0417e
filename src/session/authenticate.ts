import { assertNever } from '../base/types';
import type { HookEmitter, HookScope } from '../kernel/hook-types';
import type { Site } from '../sites/site';
import type { ImapLogin } from './imap-login';
import type { LdapLogin } from './ldap-login';
import type { LoginInput } from './login-input';
import { secretHandle } from './secret';
import type { Principal } from './types';

export interface AuthenticateDeps {
  readonly hooks: HookEmitter;
  readonly ldapLogin: LdapLogin;
  readonly imapLogin: ImapLogin;
}

/** Who a person proved to be, and by what means. */
export interface Identity {
  readonly principal: Principal;
  readonly via: string;
}

/**
 * Asks plugins, then the site's own source. Undefined for a wrong login or password; throws
 * `directory/*` or `imap/*` when the source could not say by `endsAt`, which is never a failed
 * attempt.
 */
export async function authenticate(
  { hooks, ldapLogin, imapLogin }: AuthenticateDeps,
  scope: HookScope,
  site: Site,
  input: LoginInput & { readonly remote: string; readonly endsAt: number },
): Promise<Identity | undefined> {
  const { login, password, remote, endsAt } = input;
  const answered = await hooks.first(scope, 'session:authenticate', {
    site: site.id,
    login,
    secret: secretHandle(password),
    remote,
  });
  if (answered) return { principal: answered.answer, via: answered.plugin };
  const { signIn } = site;
  switch (signIn.kind) {
    case 'ldap':
      return identity(await ldapLogin(signIn.ldap, { login, password }, endsAt), 'ldap');
    case 'imap':
      return identity(
        await imapLogin(site, signIn.loginDomain, { login, password }, endsAt),
        'imap',
      );
    default:
      return assertNever(signIn);
  }
}

const identity = (principal: Principal | undefined, via: string): Identity | undefined =>
  principal && { principal, via };
