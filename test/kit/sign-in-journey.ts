import type { WebAgent } from './agent';
import type { Page } from './html';

/** Presses a button of the sign-in page; answers the page that leads on to the provider. */
export async function beginSignIn(
  web: WebAgent,
  { next = '', way = 'fake-sso-main' }: { readonly next?: string; readonly way?: string } = {},
): Promise<Page> {
  const page = await web.get(next === '' ? '/login' : `/login?next=${encodeURIComponent(next)}`);
  const button = page.one('data-action', `way-${way}`);
  const form = page.all(
    (element) => element.name === 'form' && element.children.includes(button),
  )[0];
  if (!form) throw new Error('no form around the button');
  return web.submit(page, { form: () => form });
}

/** Where the page sends the browser: by its header, and by its link for who reads it. */
export function providerOf(page: Page): URL {
  const href = page.one('data-action', 'provider').attribs['href'] ?? '';
  const header = page.headers.get('Refresh');
  if (header !== `0;url=${href}`) throw new Error(`Refresh: ${header}, the link: ${href}`);
  return new URL(href);
}

/** A whole sign-in with what the provider of the tests takes for a code. */
export async function signInWith(
  web: WebAgent,
  code: string,
  options: Parameters<typeof beginSignIn>[1] = {},
): Promise<Page> {
  const to = providerOf(await beginSignIn(web, options));
  const { pathname } = new URL(to.searchParams.get('redirect_uri') ?? '');
  return web.get(`${pathname}?state=${to.searchParams.get('state')}&code=${code}`);
}
