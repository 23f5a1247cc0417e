import type { Response } from 'express';
import { cspHeader, type PageContext, SHELL_CSP, widenCsp } from '../view';
import type { WebDeps } from './context';
import type { viewContext } from './reply';
import { permissionsPolicy } from './security';

type Extra = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * Widens the policies of one page by what plugins say that it needs. True when they differ from
 * those of every page: Turbo cannot swap such a page in.
 */
export async function setPageHeaders(
  deps: WebDeps,
  res: Response,
  { scope }: ReturnType<typeof viewContext>,
  page: PageContext,
  own: Extra | undefined,
): Promise<boolean> {
  const asked = await deps.hooks.collect(scope, 'page:headers', page);
  const csp = mergeLists([own ?? {}, ...asked.map(({ item }) => item.csp ?? {})]);
  const features = mergeLists(asked.map(({ item }) => item.permissionsPolicy ?? {}));
  const isWidened = Object.keys(csp).length > 0;
  const hasFeatures = Object.keys(features).length > 0;
  if (isWidened) res.setHeader('Content-Security-Policy', cspHeader(widenCsp(SHELL_CSP, csp)));
  if (hasFeatures) res.setHeader('Permissions-Policy', permissionsPolicy(features));
  return isWidened || hasFeatures;
}

function mergeLists(all: readonly Extra[]): Record<string, readonly string[]> {
  const merged = new Map<string, Set<string>>();
  for (const one of all) {
    for (const [name, values = []] of Object.entries(one)) {
      merged.set(name, new Set([...(merged.get(name) ?? []), ...values]));
    }
  }
  return Object.fromEntries([...merged].map(([name, values]) => [name, [...values]]));
}
