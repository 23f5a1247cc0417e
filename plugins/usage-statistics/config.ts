import { z } from 'estafette/plugin';

const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** What a site may say under `plugins.usage-statistics`. */
export const usageConfig = z.strictObject({
  smallest: z
    .number()
    .int()
    .min(5)
    .default(5)
    .describe('Fewest active people of a day whose figures are shown.'),
  keepDays: z.number().int().min(7).max(1_825).default(396).describe('Days that figures are kept.'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'expected a time zone such as "Europe/Paris"')
    .default('Europe/Paris')
    .describe('Where a day begins, the same as `timeZone` of the site.'),
});

export type UsageConfig = z.infer<typeof usageConfig>;
