import { z } from 'zod';

const host = z
  .string()
  .toLowerCase()
  .regex(/^\.?[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?$/, 'expected a host name, or .domain');

const hostList = (text: string) => z.array(host).max(5_000).default([]).describe(text);

/** `reading` of a site file. */
export const readingSchema = z
  .strictObject({
    authservIds: z
      .array(
        z
          .string()
          .toLowerCase()
          .regex(/^[^\s;()"]{1,253}$/, 'expected a name without spaces'),
      )
      .max(50)
      .default([])
      .describe(
        'Names under which the site’s own servers write `Authentication-Results` (RFC 8601); those of others are ignored. Empty: nothing is said of the sender’s address. The servers have to remove such fields from what comes from outside.',
      ),
    servers: hostList(
      'Mail servers of the site, as `by` of `Received` names them; `.domain` stands for all below it. What they wrote is told apart from what a sender may have invented.',
    ),
    report: z
      .strictObject({
        phishing: z
          .email()
          .max(254)
          .optional()
          .describe('Where messages go that agents report as phishing.'),
        junk: z
          .email()
          .max(254)
          .optional()
          .describe('Where messages go that agents report as junk.'),
      })
      .prefault({})
      .describe(
        'Reports of agents: the message as it came, attached, sent by the agent who reports it. Without an address it is not offered.',
      ),
    links: z
      .strictObject({
        official: hostList('Hosts that agents reach without a page between; `.domain` as well.'),
        suspect: hostList('Hosts whose links are pointed out, and warned of on the page between.'),
        blocked: hostList('Hosts whose links lead nowhere.'),
        leave: z
          .enum(['never', 'suspect', 'outside'])
          .default('suspect')
          .describe(
            'Which links of messages lead over a page that tells where they go: none, those that are suspect or not what they seem, or all but those of `official` and of the ministry’s own domains.',
          ),
      })
      .prefault({})
      .describe('Links in messages.'),
  })
  .prefault({})
  .describe('Reading messages: whom the site trusts, and links.');
