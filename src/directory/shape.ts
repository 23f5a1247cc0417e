import { z } from 'zod';
import type { DirectoryRecord } from './types';

const ATTRIBUTES = 60;
const VALUES = 20;
/** Of an attribute that a question names: members of a list. */
const NAMED_VALUES = 500;
const VALUE_CHARS = 512;
const RECORDS = 200;
export const PICTURE_BYTES = 500_000;

const record = z.object({
  dn: z.string().max(1_024),
  type: z.enum(['person', 'group']),
  name: z.string().max(VALUE_CHARS),
  mails: z.array(z.string().max(320)).max(VALUES),
  attributes: z
    .record(z.string(), z.array(z.string().max(VALUE_CHARS)).max(NAMED_VALUES))
    .refine((attributes) => Object.keys(attributes).length <= ATTRIBUTES),
});

/** What a provider of the port may answer, whoever it is. */
export const directoryPortShape = {
  records: z.array(record).max(RECORDS),
  byMail: z.map(z.string(), record).refine((found) => found.size <= RECORDS),
  record: record.optional(),
  answer: z.object({ entries: z.array(record).max(RECORDS), isCut: z.boolean() }),
  picture: z
    .object({
      type: z.enum(['image/jpeg', 'image/png', 'image/webp', 'image/gif']),
      content: z.instanceof(Buffer).refine(({ length }) => length <= PICTURE_BYTES),
    })
    .optional(),
};

/** Cuts attributes to what a record may hold; those that were asked for by name hold more. */
export function capAttributes(
  attributes: Readonly<Record<string, readonly string[]>>,
  named: readonly string[] = [],
): DirectoryRecord['attributes'] {
  const wanted = new Set(named.map((name) => name.toLowerCase()));
  const kept = Object.entries(attributes)
    .slice(0, ATTRIBUTES)
    .map(([name, values]) => [
      name,
      values
        .filter((value) => value.length <= VALUE_CHARS)
        .slice(0, wanted.has(name) ? NAMED_VALUES : VALUES),
    ]);
  return Object.fromEntries(kept) as DirectoryRecord['attributes'];
}
