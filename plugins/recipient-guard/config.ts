import { z } from 'estafette/plugin';

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/, 'expected a domain such as "culture.example"')
  .max(253);
const domains = z.array(domain).max(200);

/** What a site, or a group of it, may say under `plugins.recipient-guard`. */
export const guardConfig = z.strictObject({
  policy: z
    .enum(['inform', 'confirm', 'delay'])
    .default('confirm')
    .describe(
      'What comes before a message leaves for outside: a line in the composer, a question, or a question whose answer counts after `delayS`.',
    ),
  delayS: z.number().int().min(1).max(60).default(5).describe('Seconds to read, with `delay`.'),
  service: domains.default([]).describe('Domains of the service; those below them belong too.'),
  ministry: domains
    .default([])
    .describe('Domains of the ministry besides `mailDomains` of the site.'),
  administrations: domains
    .default(['gouv.fr'])
    .describe('Domains of other administrations, for which nobody is asked.'),
  hideAbove: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(5)
    .describe('From more addresses outside shown to everybody on, moving Cc to Bcc is offered.'),
});

export type GuardConfig = z.infer<typeof guardConfig>;
