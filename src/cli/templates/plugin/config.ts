import { z } from 'estafette/plugin';

/** What `config/sites/<site>.json` may say under `plugins.sample-plugin`; a wrong key is refused. */
export const config = z.strictObject({
  // @if job & table
  keepDays: z.number().int().min(1).max(3_650).default(30).describe('Days that a note is kept.'),
  // @end
});

export type Config = z.infer<typeof config>;
