import type { HookEmitter, HookScope } from '../kernel/hook-types';
import type { Session } from './types';

const BASE = 'https://site.invalid';
const REFUSED = /[\s\p{Cc}\\]/u; // browsers drop controls and read `\` as `/`

/** Whether a target is a path of the site that shows it: `//host`, `/\host`, `https:` are not. */
export function isLocalPath(target: unknown): target is string {
  if (typeof target !== 'string' || target.length > 2_048) return false;
  if (!target.startsWith('/') || target.startsWith('//') || REFUSED.test(target)) return false;
  return URL.canParse(target, BASE) && new URL(target, BASE).origin === BASE;
}

/** The page to show after signing in: the wanted one if it is ours, as plugins may change it. */
export async function landingPage(
  hooks: HookEmitter,
  scope: HookScope,
  session: Session,
  { wanted, fallback }: { readonly wanted: unknown; readonly fallback: string },
): Promise<string> {
  const first = isLocalPath(wanted) ? wanted : fallback;
  const { url } = await hooks.filter(scope, 'session:landing-page', { url: first }, { session });
  return isLocalPath(url) ? url : first;
}
