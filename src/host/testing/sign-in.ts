import { AppError } from '../../base/errors';
import type { SiteId } from '../../base/types';
import { plainCopy } from '../../kernel/plain-copy';
import type { SecretHandle } from '../../session';
import type {
  SignInContribution,
  SignInEnded,
  SignInIdentity,
  SignInMethod,
  SignInRefusal,
  SignInStarted,
  SignInTokens,
} from '../sign-in-types';
import { TEST_SITE } from './sites';
import type { TestSignIn, TestSignInOptions } from './types';
import type { World } from './world';

/**
 * One way in of a plugin, called as the platform calls it. What the platform does around is left to
 * it: state in a cookie, counts, accounts, audit, sessions.
 */
export function testSignIn(
  world: World,
  plugin: string,
  method: string,
  { site: id = TEST_SITE, locale = 'fr' }: TestSignInOptions = {},
): TestSignIn {
  const site = id as SiteId;
  const running = world.host.all().find((one) => one.id === plugin);
  const found = running?.definition.contributes?.signIn;
  if (!running || !found) throw new AppError('request/not-found', { details: { plugin } });
  // Each plugin's definition is of its own configuration, as its context is.
  const ways = found as SignInContribution;
  const { context } = running;
  const callback = `https://${site}.example/login/${plugin}/${method}/callback`;
  const plain = <T>(answer: T): T => plainCopy(answer, new WeakSet(handlesIn(answer)));
  return {
    callback,
    methods: (): readonly SignInMethod[] => plain(ways.methods(site, locale, context)),
    begin: async (purpose = 'sign-in'): Promise<SignInStarted | SignInRefusal> =>
      plain(await ways.begin({ site, locale, method, callback, purpose }, context)),
    async finish({ keep, query = {}, body = {}, via = 'get', purpose = 'sign-in' }) {
      const request = { site, method, callback, purpose, via, query, body, keep };
      return plain<SignInIdentity | SignInRefusal>(await ways.finish(request, context));
    },
    leave: async (leaving, back = `https://${site}.example/login`) =>
      ways.leave?.({ site, method, leaving, back }, context),
    async notice({ body = {}, query = {}, text }) {
      const written = text ?? new URLSearchParams(body).toString();
      const address = callback.replace(/callback$/, 'notice');
      const notice = { site, method, address, body, query, text: written };
      return plain<SignInEnded | SignInRefusal | undefined>(await ways.notice?.(notice, context));
    },
    check: async () => ways.check?.({ site, method }, context),
    refresh: async (refresh): Promise<SignInTokens | undefined> =>
      ways.refresh?.({ site, method, refresh }, context),
  };
}

/** Secrets are the only things of an answer that are not plain data. */
function handlesIn(answer: unknown): readonly SecretHandle[] {
  if (typeof answer !== 'object' || answer === null || !('tokens' in answer)) return [];
  const { access, refresh } = (answer.tokens ?? {}) as Partial<SignInTokens>;
  return [access, refresh].filter((one) => one !== undefined);
}
