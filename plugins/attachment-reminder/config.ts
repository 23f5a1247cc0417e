import { z } from 'estafette/plugin';
import { DEFAULT_WORDS } from './words';

const MAX_WORDS = 200;
const word = z
  .string()
  .trim()
  .max(80)
  .regex(/\p{L}/u, 'expected a word or a short phrase')
  .refine((text) => (text.match(/\(/g)?.length ?? 0) <= 4, 'expected at most four "(…)"');
const words = z.array(word).max(MAX_WORDS);

/** What a site may say under `plugins.attachment-reminder`. */
export const reminderConfig = z.strictObject({
  words: words
    .default([...DEFAULT_WORDS])
    .describe('Words that announce an attachment; replaces the list of the plugin.'),
  extraWords: words.default([]).describe('Words to add to the list.'),
});

export type ReminderConfig = z.infer<typeof reminderConfig>;
