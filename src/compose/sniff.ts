/** How many first bytes decide. */
export const SNIFF_BYTES = 512;

const MAGIC: readonly { readonly type: string; readonly at: number; readonly bytes: string }[] = [
  { type: 'image/png', at: 0, bytes: '\x89PNG\r\n\x1a\n' },
  { type: 'image/jpeg', at: 0, bytes: '\xff\xd8\xff' },
  { type: 'image/gif', at: 0, bytes: 'GIF87a' },
  { type: 'image/gif', at: 0, bytes: 'GIF89a' },
  { type: 'image/webp', at: 8, bytes: 'WEBP' },
  { type: 'application/pdf', at: 0, bytes: '%PDF-' },
  { type: 'application/zip', at: 0, bytes: 'PK\x03\x04' },
  { type: 'application/gzip', at: 0, bytes: '\x1f\x8b' },
  { type: 'application/x-msdownload', at: 0, bytes: 'MZ' },
  { type: 'application/x-elf', at: 0, bytes: '\x7fELF' },
];

/** The images a mail's HTML may show inline: no SVG, which is a document with scripts. */
const INLINE_TYPES: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
]);

/** Type told by the first bytes; `undefined` when they are not among those known. */
export function sniffType(head: Buffer): string | undefined {
  const text = head.toString('latin1');
  const found = MAGIC.find(({ at, bytes }) => text.startsWith(bytes, at));
  if (found?.type === 'image/webp' && !text.startsWith('RIFF')) return undefined;
  return found?.type;
}

export const isInlineImage = (type: string | undefined): type is string =>
  type !== undefined && INLINE_TYPES.has(type);

/** A declared type that can be written in a header, without parameters; bytes otherwise. */
export function cleanType(declared: string): string {
  const type = declared.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^[a-z0-9][a-z0-9!#$&^_.+-]{0,99}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}$/.test(type)
    ? type
    : 'application/octet-stream';
}
