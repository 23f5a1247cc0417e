import { setImmediate } from 'node:timers/promises';
import type { PluginResponse } from 'estafette/plugin';
import { asVersion, type Contact, readCard } from '../card';
import type { Desk } from '../pages/common';
import { leaving } from '../pages/hooks';
import { membersOf } from '../pages/members';
import { audited } from '../pages/tell';
import type { StoredCard } from '../store';
import { csvHead, csvRow, LDIF_HEAD, ldifEntry, type Separator } from './write-files';

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
  readonly head: (separator: Separator) => string;
  readonly write: (desk: Desk, text: string, separator: Separator) => string | Promise<string>;
}

/** Programs that know no uids are told the names and addresses of the members of a group. */
const named = (desk: Desk, contact: Contact) =>
  contact.members.length === 0 ? [] : membersOf(desk, contact);

const WRITINGS: Readonly<Record<Format, Writing>> = {
  vcard4: {
    ending: 'vcf',
    type: 'text/vcard',
    head: () => '',
    write: (_, text) => asVersion(text, '4.0'),
  },
  vcard3: {
    ending: 'vcf',
    type: 'text/vcard',
    head: () => '',
    write: (_, text) => asVersion(text, '3.0'),
  },
  csv: {
    ending: 'csv',
    type: 'text/csv',
    head: csvHead,
    async write(desk, text, separator) {
      const contact = readCard(text);
      return csvRow(contact, separator, await named(desk, contact));
    },
  },
  ldif: {
    ending: 'ldif',
    type: 'text/plain',
    head: () => LDIF_HEAD,
    async write(desk, text) {
      const contact = readCard(text);
      return ldifEntry(contact, await named(desk, contact));
    },
  },
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
  const separator = desk.request.locale === 'fr' ? ';' : ',';
  const parts = [Buffer.from(head(separator))];
  let left = MAX_BYTES;
  let contacts = 0;
  for await (const read of cards) {
    for (const some of turnsOf(read)) {
      const texts = await leaving(desk, some, format);
      const written: string[] = [];
      for (const text of texts) written.push(await write(desk, text, separator));
      const part = Buffer.from(written.join(''));
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
