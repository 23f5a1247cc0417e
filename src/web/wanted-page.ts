import { isLocalPath } from '../session';
import type { Call } from './route';

/**
 * The page of this site that somebody wants to come to, else `fallback`. What leads elsewhere
 * (threats 39) is written down, without its text: whoever sends it chooses that.
 */
export function wantedPage(
  { deps: { safety }, ctx }: Pick<Call, 'deps' | 'ctx'>,
  value: unknown,
  fallback: string,
): string {
  if (value === undefined || value === '') return fallback;
  if (isLocalPath(value)) return value;
  const { site, remote, session } = ctx;
  const actor = session?.session.user.login;
  void safety.noteRefused({ site: site.id, remote, code: 'request/next', actor });
  return fallback;
}
