import { type Field, valuesOf, withoutComments } from './fields';

const COVERED = ['list-unsubscribe', 'list-unsubscribe-post'];
const MAX_FIELDS = 20;

/** A signature that a server of the site found valid. */
interface Passed {
  readonly domain: string;
  readonly selector: string | undefined;
  /** First letters of the signature, which tell it from others of the same domain. */
  readonly start: string | undefined;
}

/**
 * Results that servers of the site wrote: the topmost fields under one of their names. The first that
 * bears another name was there before the message came in, and so were those below (RFC 8601 5).
 */
function ownResults(fields: readonly Field[], authservIds: readonly string[]): string[] {
  const results = valuesOf(fields, 'Authentication-Results')
    .slice(0, MAX_FIELDS)
    .map(withoutComments);
  const end = results.findIndex((value) => {
    const [name = ''] = (value.split(';')[0] ?? '').trim().toLowerCase().split(/\s+/);
    return !authservIds.includes(name);
  });
  return end === -1 ? results : results.slice(0, end);
}

function passedOf(result: string): Passed[] {
  return result.split(';').flatMap((part) => {
    const words = part.trim().split(/\s+/);
    if (words[0]?.toLowerCase() !== 'dkim=pass') return [];
    const properties = new Map(
      words.slice(1).map((word) => {
        const at = word.indexOf('=');
        return [word.slice(0, at).toLowerCase(), word.slice(at + 1).replaceAll('"', '')] as const;
      }),
    );
    const domain = properties.get('header.d')?.toLowerCase();
    if (domain === undefined || domain === '') return [];
    return [{ domain, selector: properties.get('header.s'), start: properties.get('header.b') }];
  });
}

function tagsOf(signature: string): ReadonlyMap<string, string> {
  return new Map(
    signature.split(';').map((tag) => {
      const at = tag.indexOf('=');
      return [
        tag.slice(0, at).trim().toLowerCase(),
        tag.slice(at + 1).replace(/\s+/g, ''),
      ] as const;
    }),
  );
}

function isCovering(signature: string, passed: readonly Passed[]): boolean {
  const tags = tagsOf(signature);
  const signed = (tags.get('h') ?? '').toLowerCase().split(':');
  if (!COVERED.every((name) => signed.includes(name))) return false;
  return passed.some(
    ({ domain, selector, start }) =>
      tags.get('d')?.toLowerCase() === domain &&
      (selector === undefined || tags.get('s') === selector) &&
      (start === undefined || (tags.get('b') ?? '').startsWith(start)),
  );
}

/** Whether a signature that a server of the site found valid covers what RFC 8058 asks it to. */
export function isSigned(fields: readonly Field[], authservIds: readonly string[]): boolean {
  const passed = ownResults(fields, authservIds).flatMap(passedOf);
  if (passed.length === 0) return false;
  return valuesOf(fields, 'DKIM-Signature')
    .slice(0, MAX_FIELDS)
    .some((signature) => isCovering(signature, passed));
}
