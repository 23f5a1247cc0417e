import type { WebAgent } from './agent';
import type { Page } from './html';

/** Presses a button of the sign-in page; answers the page that leads on to the provider. */
export async function beginSignIn(
  web: WebAgent,
  { next = '', way = 'fake-sso-main' }: { readonly next?: string; readonly way?: string } = {},
): Promise<Page> {
  const page = await web.get(next === '' ? '/login' : `/login?next=${encodeURIComponent(next)}`);
  return pressWay(web, page, way);
}

/** The same on a page that is there: the one of a session that waits for it. */
async function pressWay(web: WebAgent, page: Page, way: string): Promise<Page> {
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
  return comeBack(web, await beginSignIn(web, options), code);
}

/** The same from a page that offers the way. */
export const signInFrom = async (
  web: WebAgent,
  page: Page,
  code: string,
  way = 'fake-sso-main',
): Promise<Page> => comeBack(web, await pressWay(web, page, way), code);

async function comeBack(web: WebAgent, page: Page, code: string): Promise<Page> {
  const to = providerOf(page);
  const { pathname } = new URL(to.searchParams.get('redirect_uri') ?? '');
  return web.get(`${pathname}?state=${to.searchParams.get('state')}&code=${code}`);
}
