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
  maxMegabytes: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(200)
    .describe('Size of all that a person keeps: their own books and the trash, photos included.'),
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
    .default('https://www.openstreetmap.org/search?query={address}')
    .describe('Where « Voir sur une carte » leads; `{address}` is the postal address.'),
  begin: z
    .array(
      z.strictObject({
        for: z.email().optional().describe('Address of the only person who is given it.'),
        title: z
          .string()
          .min(1)
          .max(200)
          .optional()
          .describe('A book of its own; else the cards are in the book that everybody has.'),
        cards: z.array(z.string().max(4_000_000)).max(1_000).describe('vCards, one in each text.'),
        shares: z
          .array(z.strictObject({ mail: z.email(), rights: z.enum(['read', 'write', 'manage']) }))
          .max(100)
          .default([])
          .describe('Who the book is shared with.'),
      }),
    )
    .max(50)
    .default([])
    .describe('Books and contacts that people are given when they come without a book.'),
});

export type ContactsConfig = z.infer<typeof contactsConfig>;
