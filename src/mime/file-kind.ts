/** How a file can be shown; told by its bytes alone, never by the sender's word. */
export type FileKind = 'image' | 'pdf' | 'text' | 'calendar' | 'card' | 'other';

const MAGIC: readonly (readonly [kind: FileKind, offset: number, bytes: readonly number[]])[] = [
  ['image', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image', 0, [0xff, 0xd8, 0xff]],
  ['image', 0, [0x47, 0x49, 0x46, 0x38]],
  ['image', 8, [0x57, 0x45, 0x42, 0x50]],
  ['pdf', 0, [0x25, 0x50, 0x44, 0x46, 0x2d]],
];

/** Bytes that decide: binary formats show a NUL or a control long before. */
const LOOKED_AT = 4_096;

/** Kind of a file by its first bytes. */
export function fileKind(head: Uint8Array): FileKind {
  const known = MAGIC.find(([, offset, bytes]) =>
    bytes.every((byte, index) => head[offset + index] === byte),
  );
  if (known) return known[0];
  const start = head.subarray(0, LOOKED_AT);
  if (!isText(start)) return 'other';
  const opening = Buffer.from(start.subarray(0, 64)).toString('latin1').replace(/^ï»¿/, '');
  if (/^\s{0,8}BEGIN:VCALENDAR\b/i.test(opening)) return 'calendar';
  if (/^\s{0,8}BEGIN:VCARD\b/i.test(opening)) return 'card';
  return 'text';
}

/** Text has no controls but white space, escape and form feed; UTF-16 says so by its mark. */
function isText(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return true;
  }
  return bytes.every(
    (byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d && byte !== 0x0b) || byte === 0x1b,
  );
}
