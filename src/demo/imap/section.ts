import { parseFields } from './headers';
import type { MimePart } from './mime-tree';

const NOTHING = Buffer.alloc(0);

/** Bytes of a section (`''`, `HEADER`, `1.2`, `2.MIME`, `HEADER.FIELDS (TO)`…); undefined: no such part. */
export function sectionBytes(raw: Buffer, root: MimePart, section: string): Buffer | undefined {
  const match = /^((?:\d+\.)*\d+)?\.?(.*)$/.exec(section);
  const path = match?.[1]?.split('.').map(Number) ?? [];
  const wanted = (match?.[2] ?? '').trim();
  const found = path.length === 0 ? { part: root, message: root } : findPart(root, path);
  if (!found) return undefined;
  const { part, message } = found;
  if (wanted === '') return path.length === 0 ? raw : raw.subarray(part.bodyStart, part.bodyEnd);
  if (wanted.toUpperCase() === 'MIME') return raw.subarray(part.headerStart, part.bodyStart);
  // HEADER and TEXT name the enclosed message of a message/rfc822 part (RFC 3501 6.4.5).
  return message ? messageSection(raw, message, wanted) : NOTHING;
}

interface Found {
  readonly part: MimePart;
  readonly message: MimePart | undefined;
}

function findPart(root: MimePart, path: readonly number[]): Found | undefined {
  let part = root;
  let top = true;
  for (const number of path) {
    const holder = top ? part : (part.message ?? part);
    const inMessage = top || part.message !== undefined;
    const child: MimePart | undefined = holder.children[number - 1];
    if (child) part = child;
    // Part 1 of a message that is not multipart is its body.
    else if (inMessage && number === 1 && holder.children.length === 0) part = holder;
    else return undefined;
    top = false;
  }
  return { part, message: part.message };
}

function messageSection(raw: Buffer, message: MimePart, wanted: string): Buffer {
  const [name = ''] = wanted.toUpperCase().split(' ');
  const header = raw.subarray(message.headerStart, message.bodyStart);
  if (name === 'HEADER') return header;
  if (name === 'TEXT') return raw.subarray(message.bodyStart, message.bodyEnd);
  const list = /\(([^)]*)\)/.exec(wanted)?.[1] ?? '';
  const names = new Set(list.toLowerCase().replaceAll('"', '').split(/\s+/));
  const keep = name === 'HEADER.FIELDS';
  const lines = parseFields(raw, message.headerStart, message.bodyStart)
    .filter((field) => names.has(field.name.toLowerCase()) === keep)
    .map((field) => raw.subarray(field.start, field.end));
  return Buffer.concat([...lines, Buffer.from('\r\n')]);
}

/** Every leaf of a message, enclosed messages included, for SEARCH. */
export function* leaves(part: MimePart): Generator<MimePart> {
  if (part.message) yield* leaves(part.message);
  else if (part.children.length > 0) for (const child of part.children) yield* leaves(child);
  else yield part;
}
