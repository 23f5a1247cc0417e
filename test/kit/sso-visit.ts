import type { DemoApp } from '../../src/demo';
import type { WebAgent } from './agent';
import type { Page } from './html';
import type { IdpBrowser } from './idp-browser';

/**
 * The provider of the demonstration is made at its first request, and compiled on the way here: longer
 * than the five seconds that a provider is given, on a machine that does something else.
 */
export async function wakeProvider({ stack }: Pick<DemoApp, 'stack'>): Promise<void> {
  await fetch(`${stack.oidc.issuer}/.well-known/openid-configuration`);
}

/** The address that our page in between leads to. */
export function leadsTo(page: Page): string {
  const [, to = ''] = /^0;url=(.*)$/.exec(page.headers.get('refresh') ?? '') ?? [];
  return to;
}

/** Presses a button of the sign-in page; where it leads. */
export async function pressWay(web: WebAgent, method: string): Promise<string> {
  const action = `/login/sso/${method}`;
  const login = await web.get('/login');
  const form = login.all(({ name, attribs }) => name === 'form' && attribs['action'] === action)[0];
  if (!form) throw new Error(`no form to ${action}: ${login.text}`);
  return leadsTo(await web.submit(login, { form: () => form }));
}

/** What the provider says in the address that it sends a browser back to. */
export async function callbackOf(
  web: WebAgent,
  browser: IdpBrowser,
  method: string,
  who: { readonly username: string; readonly password: string },
): Promise<string> {
  const query = await browser.signIn(await pressWay(web, method), who);
  return `/login/sso/${method}/callback?${new URLSearchParams(query).toString()}`;
}
