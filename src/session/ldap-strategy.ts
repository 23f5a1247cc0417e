import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { type AuthenticateOptions, Passport } from 'passport';
import Strategy from 'passport-ldapauth';

/** What the strategy said: an entry, a refused password, or the name of another failure. */
export type StrategyOutcome =
  | { readonly kind: 'entry'; readonly entry: unknown }
  | { readonly kind: 'refused' }
  | { readonly kind: 'no-base' }
  | { readonly kind: 'error'; readonly error: unknown };

export interface StrategyInput {
  readonly url: string;
  readonly timeoutMs: number;
  readonly bindDn?: string | undefined;
  readonly bindPassword?: string | undefined;
  readonly searchBase: string;
  /** Complete: the login is in it, escaped. */
  readonly searchFilter: string;
  readonly searchAttributes: readonly string[];
  readonly password: string;
  readonly tlsOptions?: ConnectionOptions;
}

type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

const STRATEGY = 'directory';
const NO_SUCH_BASE = 'no-such-base';
// ldapauth-fork puts the name into the filter with `replace`, which expands `$&` and its kin, and
// escapes `*` twice. It is given a complete filter and this name, which is in no filter.
const UNUSED_NAME = 'login';

/** Runs passport-ldapauth once, without a session or a request, against one server. */
export function runLdapStrategy(input: StrategyInput): Promise<StrategyOutcome> {
  return new Promise((resolve) => {
    const strategy = new Strategy(
      { server: serverOptions(input), credentialsLookup: () => ({ ...NAME, ...passOf(input) }) },
      (entry: unknown, done: Strategy.VerifyDoneCallback) => done(null, entry),
    );
    // A passport of its own: strategies are per server and per call, never global.
    const passport = new Passport();
    passport.use(STRATEGY, strategy);
    const middleware = passport.authenticate(
      STRATEGY,
      { session: false, noSuchObject: NO_SUCH_BASE } as AuthenticateOptions,
      (error: unknown, entry: unknown, info: { readonly message?: string } | undefined) => {
        if (error) resolve({ kind: 'error', error });
        else if (entry) resolve({ kind: 'entry', entry });
        else resolve({ kind: info?.message === NO_SUCH_BASE ? 'no-base' : 'refused' });
      },
    ) as RequestHandler;
    const request = new IncomingMessage(new Socket());
    try {
      middleware(request, new ServerResponse(request), (error?: unknown) =>
        resolve({ kind: 'error', error: error ?? new Error('strategy passed') }),
      );
    } catch (error) {
      resolve({ kind: 'error', error }); // a filter or base that the parser refuses
    }
  });
}

const NAME = { username: UNUSED_NAME };
const passOf = ({ password }: StrategyInput) => ({ password });

function serverOptions(input: StrategyInput): Strategy.Options['server'] {
  const { url, timeoutMs, bindDn, bindPassword, searchBase, searchFilter, tlsOptions } = input;
  return {
    url,
    searchBase,
    searchFilter,
    searchAttributes: [...input.searchAttributes],
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    ...(bindDn !== undefined && { bindDN: bindDn, bindCredentials: bindPassword ?? '' }),
    // As it is: a copy would take the connection out of it once for both clients.
    ...(tlsOptions && { tlsOptions }),
  };
}
