import { z } from 'estafette/plugin';
import { parseDomain } from './domain';

const domain = z
  .string()
  .trim()
  .max(253)
  .refine((text) => parseDomain(text) !== undefined, 'expected a domain such as "culture.example"');
const domains = z.array(domain).max(100).default([]);

/** What a site may say under `plugins.external-sender`. */
export const senderConfig = z.strictObject({
  domains: domains.describe(
    'Domains of the ministry besides `mailDomains` of the site; domains below them belong too.',
  ),
  trusted: domains.describe(
    'Domains of partners, which are never marked: "gouv.example" for all of them.',
  ),
  banner: z
    .boolean()
    .default(true)
    .describe('Whether the plain banner is shown to those who have chosen nothing.'),
  checkNames: z
    .boolean()
    .default(true)
    .describe('Look for the name of an outside sender in the directory of the site.'),
  confirm: z
    .boolean()
    .default(true)
    .describe('Ask before a message leaves for an address that looks like one of the ministry.'),
});

export type SenderConfig = z.infer<typeof senderConfig>;
