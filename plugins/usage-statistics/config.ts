import { type PluginContext, type SiteId, z } from 'estafette/plugin';
import { dayAt } from './calendar';

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
    .optional()
    .describe('Where a day begins, when not in the time zone of the site.'),
});

export type UsageConfig = z.infer<typeof usageConfig>;

/** The day that it is for a site: `2026-11-22`. */
export function today(
  context: PluginContext<UsageConfig>,
  place: { readonly site: SiteId; readonly groups?: readonly string[] },
): string {
  const zone = context.config(place).timeZone ?? context.site(place.site).timeZone;
  return dayAt(context.clock.now(), zone);
}
