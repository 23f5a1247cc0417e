import { chunks, fetchMessages, formatSet } from '../imap';
import { buildStructure } from '../mime';
import type { MailContext } from './context';
import { type Place, rowKeys } from './fetch-rows';
import { summarise } from './rows';

/**
 * Structures read to confirm a search for attachments; each costs half a millisecond of parsing.
 * Older candidates beyond it stay as the server found them: a few without a file may be among
 * them, none with one is missing.
 */
const MAX_CONFIRMED = 1_000;
const SLICE = 100;

/** Candidates without those whose structure shows no attachment; order is kept. */
export async function confirmAttachments(
  context: MailContext,
  place: Place,
  candidates: Uint32Array,
): Promise<Uint32Array> {
  const keyOf = rowKeys(place);
  const { attachments, rows } = context.caches;
  const known = (uid: number): boolean | undefined =>
    rows.get(keyOf(uid))?.content.hasAttachment ?? attachments.get(keyOf(uid));
  const newest = [...candidates].sort((a, b) => b - a).slice(0, MAX_CONFIRMED);
  const unknown = newest.filter((uid) => known(uid) === undefined);
  const refused = new Set(newest.filter((uid) => known(uid) === false));
  for (const slice of chunks(unknown, SLICE)) {
    const query = { uid: true, bodyStructure: true };
    for (const message of await fetchMessages(place.box.client, formatSet(slice), query)) {
      if (!message.bodyStructure) continue;
      const { hasAttachment } = summarise(buildStructure(message.bodyStructure).root);
      attachments.set(keyOf(message.uid), hasAttachment);
      if (!hasAttachment) refused.add(message.uid);
    }
  }
  return refused.size === 0 ? candidates : candidates.filter((uid) => !refused.has(uid));
}
