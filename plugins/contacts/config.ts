import { z } from 'estafette/plugin';

/** What a site may say under `plugins.contacts`. */
export const contactsConfig = z.strictObject({
  maxBooks: z.number().int().min(1).max(500).default(30).describe('Address books of a person.'),
  maxCards: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(20_000)
    .describe('Contacts that one book may hold.'),
  maxCardKilobytes: z
    .number()
    .int()
    .min(16)
    .max(4_000)
    .default(1_000)
    .describe('Size of one card, its photo included.'),
  trashDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('Days that deleted contacts can be restored.'),
  map: z
    .string()
    .regex(/^(?:geo:|https:\/\/)[^\s{}]*\{address\}[^\s{}]*$/)
    .default('geo:0,0?q={address}')
    .describe('Where « Voir sur une carte » leads; `{address}` is the postal address.'),
});

export type ContactsConfig = z.infer<typeof contactsConfig>;
