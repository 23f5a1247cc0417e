import { setImmediate } from 'node:timers/promises';
import type { PluginResponse } from 'estafette/plugin';
import { asVersion } from '../card';
import type { Desk } from '../pages/common';
import { leaving } from '../pages/hooks';
import { audited } from '../pages/tell';
import type { StoredCard } from '../store';
import { CSV_HEAD, csvRow, LDIF_HEAD, ldifEntry } from './write-files';

/** What contacts go out as. */
export const FORMATS = ['vcard4', 'vcard3', 'csv', 'ldif'] as const;
type Format = (typeof FORMATS)[number];

/** What a route may answer. */
const MAX_BYTES = 64_000_000;
/** Cards that are written between two turns of the loop, and never more of their texts. */
const TURN = 25;
const TURN_CHARS = 1_000_000;

interface Writing {
  readonly ending: string;
  readonly type: string;
  readonly head: string;
  readonly write: (text: string) => string;
}

const WRITINGS: Readonly<Record<Format, Writing>> = {
  vcard4: { ending: 'vcf', type: 'text/vcard', head: '', write: (text) => asVersion(text, '4.0') },
  vcard3: { ending: 'vcf', type: 'text/vcard', head: '', write: (text) => asVersion(text, '3.0') },
  csv: { ending: 'csv', type: 'text/csv', head: CSV_HEAD, write: csvRow },
  ldif: { ending: 'ldif', type: 'text/plain', head: LDIF_HEAD, write: ldifEntry },
};

/**
 * Cards as a file for another program, made a few at a time: others have their turn between them.
 * `undefined` for more than a file may hold.
 */
export async function exportFile(
  desk: Desk,
  cards: Iterable<readonly StoredCard[]> | AsyncIterable<readonly StoredCard[]>,
  { title, format }: { readonly title: string; readonly format: Format },
): Promise<PluginResponse | undefined> {
  const { ending, type, head, write } = WRITINGS[format];
  const parts = [Buffer.from(head)];
  let left = MAX_BYTES;
  let contacts = 0;
  for await (const read of cards) {
    for (const some of turnsOf(read)) {
      const texts = await leaving(desk, some, format);
      const part = Buffer.from(texts.map(write).join(''));
      left -= part.length;
      if (left < 0) return undefined;
      parts.push(part);
      contacts += texts.length;
      await setImmediate();
    }
  }
  await audited(desk, 'exported', { details: { format, contacts } });
  const name = title.replace(/[^\p{L}\p{N} ._-]/gu, '').trim() || 'contacts';
  return { file: { name: `${name}.${ending}`, type, content: Buffer.concat(parts) } };
}

function* turnsOf(cards: readonly StoredCard[]): Generator<readonly StoredCard[]> {
  let some: StoredCard[] = [];
  let chars = 0;
  for (const card of cards) {
    some.push(card);
    chars += card.text.length;
    if (some.length < TURN && chars < TURN_CHARS) continue;
    yield some;
    [some, chars] = [[], 0];
  }
  if (some.length > 0) yield some;
}
