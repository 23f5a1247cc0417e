import { isAppError } from '../base/errors';
import { fetchParts, isServerAnswer, type OpenMailbox } from '../imap';
import {
  type BodyTree,
  filenameInHeader,
  type HeaderBlock,
  parseHeaders,
  partsWithLostNames,
  type UnnamedWords,
  withFilenames,
} from '../mime';
import type { Actor } from '../session';
import type { MailContext } from './context';

// A header of a part; what lies beyond holds no name that anybody reads.
const MAX_HEADER_BYTES = 16 * 1024;
// More names in raw letters than this come from no honest sender: the rest keep their marks.
const MAX_NAMES = 50;

/**
 * Reads names again that BODYSTRUCTURE lost: raw 8-bit letters in a quoted string, which the
 * library takes for UTF-8 whatever they are. One FETCH more, for such messages only.
 */
export async function repairFilenames(
  { client }: OpenMailbox,
  uid: number,
  { tree, headers }: { readonly tree: BodyTree; readonly headers: HeaderBlock },
): Promise<BodyTree> {
  const lost = partsWithLostNames(tree.root).slice(0, MAX_NAMES);
  if (lost.length === 0) return tree;
  const names = new Map<string, string>();
  const keep = (part: string, header: HeaderBlock): void => {
    const name = filenameInHeader(header);
    if (name !== undefined) names.set(part, name);
  };
  // A message of one part has that part's header for its own.
  if (lost.includes(tree.root)) keep(tree.root.part, headers);
  const inner = lost.filter((part) => part !== tree.root).map(({ part }) => part);
  const found = await readHeaders(client, uid, inner);
  for (const part of inner) {
    const bytes = found.get(`${part}.mime`); // the library answers keys in lower case
    if (bytes) keep(part, parseHeaders(bytes.subarray(0, MAX_HEADER_BYTES)));
  }
  return { ...tree, root: withFilenames(tree.root, names) };
}

async function readHeaders(
  client: OpenMailbox['client'],
  uid: number,
  parts: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (parts.length === 0) return new Map();
  try {
    const sections = parts.map((part) => `${part}.MIME`);
    return await fetchParts(client, uid, sections, MAX_HEADER_BYTES);
  } catch (error) {
    // A server that will not: the message is shown all the same, with marks in that name.
    if (isServerAnswer(error) || isAppError(error)) return new Map();
    throw error;
  }
}

/** What files without a name are called in the language of `actor`. */
export function unnamedWords({ texts }: Pick<MailContext, 'texts'>, actor: Actor): UnnamedWords {
  const t = texts.for(actor.locale, actor.site.skin);
  return {
    file: t('message.unnamed.file'),
    image: t('message.unnamed.image'),
    message: t('message.unnamed.message'),
    invitation: t('message.unnamed.invitation'),
  };
}
