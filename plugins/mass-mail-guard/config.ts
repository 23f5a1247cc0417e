import { z } from 'estafette/plugin';

const limit = (most: number) => z.number().int().min(1).max(100_000).default(most);

/** What a site, or a group of it, may say under `plugins.mass-mail-guard`. */
export const massConfig = z.strictObject({
  per5Minutes: limit(100).describe('Recipients that an agent may write to in 5 minutes.'),
  perHour: limit(300).describe('Recipients in an hour.'),
  per10Hours: limit(1_000).describe('Recipients in 10 hours.'),
});

export type MassConfig = z.infer<typeof massConfig>;
