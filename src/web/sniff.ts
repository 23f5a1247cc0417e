/** The only types ever shown in place, known by their first bytes (threats 22). */
const MAGIC: readonly (readonly [type: string, offset: number, bytes: readonly number[]])[] = [
  ['image/png', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', 0, [0xff, 0xd8, 0xff]],
  ['image/gif', 0, [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', 8, [0x57, 0x45, 0x42, 0x50]],
  ['application/pdf', 0, [0x25, 0x50, 0x44, 0x46, 0x2d]],
];
export const SNIFF_BYTES = 16;

/** Whether files of a type may be shown in a tab of their own, when their bytes agree. */
export const isViewable = (type: string): boolean => MAGIC.some(([known]) => known === type);

/**
 * Whether a file is worth offering a page that shows it: by its name or its declared type, since its
 * bytes are not at hand. The page itself goes by the bytes.
 */
export const isPreviewable = (type: string, filename: string): boolean =>
  isViewable(type) ||
  /^(?:text\/|application\/(?:json|xml|ics)$)/.test(type) ||
  /\.(?:png|jpe?g|gif|webp|pdf|txt|csv|tsv|log|md|json|xml|ya?ml|html?|ics|ical|vcf|vcard)$/i.test(
    filename,
  );

/** Type of a beginning of file among those that may be shown inline; `undefined` for all others. */
export function sniffInline(head: Uint8Array): string | undefined {
  return MAGIC.find(([, offset, bytes]) =>
    bytes.every((byte, index) => head[offset + index] === byte),
  )?.[0];
}
