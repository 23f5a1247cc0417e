import { z } from 'zod';
import type { DirectoryRecord } from './types';

const ATTRIBUTES = 60;
const VALUES = 20;
const VALUE_CHARS = 512;
const RECORDS = 200;

const record = z.object({
  dn: z.string().max(1_024),
  type: z.enum(['person', 'group']),
  name: z.string().max(VALUE_CHARS),
  mails: z.array(z.string().max(320)).max(VALUES),
  attributes: z
    .record(z.string(), z.array(z.string().max(VALUE_CHARS)).max(VALUES))
    .refine((attributes) => Object.keys(attributes).length <= ATTRIBUTES),
});

/** What a provider of the port may answer, whoever it is. */
export const directoryPortShape = {
  records: z.array(record).max(RECORDS),
  byMail: z.map(z.string(), record).refine((found) => found.size <= RECORDS),
  record: record.optional(),
};

/** Cuts attributes to what a record may hold. */
export function capAttributes(
  attributes: Readonly<Record<string, readonly string[]>>,
): DirectoryRecord['attributes'] {
  const kept = Object.entries(attributes)
    .slice(0, ATTRIBUTES)
    .map(([name, values]) => [
      name,
      values.filter((value) => value.length <= VALUE_CHARS).slice(0, VALUES),
    ]);
  return Object.fromEntries(kept) as DirectoryRecord['attributes'];
}
