import { isLocalPath } from '../session';
import type { Call } from './route';
import { noteTried } from './safety';

/**
 * The page of this site that somebody wants to come to, else `fallback`. What leads elsewhere
 * (threats 39) is written down, without its text: whoever sends it chooses that.
 */
export function wantedPage(
  call: Pick<Call, 'deps' | 'ctx'>,
  value: unknown,
  fallback: string,
): string {
  if (value === undefined || value === '') return fallback;
  if (isLocalPath(value)) return value;
  noteTried(call, 'request/next');
  return fallback;
}
