import { invalid, Refused } from '../refused';

/** The library has texts and no codes; what it is pinned to says these. */
const BY_TEXT: readonly (readonly [string, string])[] = [
  ['InResponseTo', 'in-response-to'],
  ['audience', 'audience'],
  ['Audience', 'audience'],
  ['expired', 'expired'],
  ['not yet valid', 'not-yet-valid'],
  ['No valid subject confirmation', 'expired'],
  ['multiple assertions', 'wrapped'],
  ['more than one element', 'wrapped'],
  ['Referenced node', 'wrapped'],
  ['signature', 'signature'],
  ['issuer', 'issuer'],
];

/** What the library refused, with a code of our own. */
export function refusedBySaml(error: unknown): Refused {
  if (error instanceof Refused) return error;
  const text = error instanceof Error ? error.message : '';
  const [, code = 'answer'] = BY_TEXT.find(([part]) => text.includes(part)) ?? [];
  return invalid(code, error);
}
