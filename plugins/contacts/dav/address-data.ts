import { CardError, readCard } from '../card';
import { cardLines } from '../card/read';

/** What is announced, and what old telephones still send. */
const VERSIONS: ReadonlySet<string> = new Set(['2.1', '3.0', '4.0']);

/**
 * Whether a text is address data (RFC 6352 6.3.2.1): of a version that there is, and with a name.
 * RFC 6350 6.2.1 wants `FN` in any card; `N` alone, as old programs write it, will do.
 */
export function isAddressData(text: string): boolean {
  try {
    const lines = cardLines(text);
    const version = lines.find(({ name }) => name === 'VERSION')?.value.trim() ?? '';
    const isNamed = lines.some(({ name }) => name === 'FN' || name === 'N');
    return VERSIONS.has(version) && isNamed && readCard(text).name !== '';
  } catch (error) {
    if (error instanceof CardError) return false;
    throw error;
  }
}
