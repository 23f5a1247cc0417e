import { z } from 'zod';
import { isRange } from '../base/addresses';

const networksSchema = z
  .strictObject({
    inside: z
      .array(z.string().refine(isRange, 'expected an IP address or a range as 10.0.0.0/8'))
      .min(1)
      .describe('Addresses of the ministry’s own networks.'),
    outside: z
      .enum(['refuse', 'factor', 'allow'])
      .default('allow')
      .describe(
        '`refuse`: nobody signs in or reads from elsewhere; `factor`: a second factor is asked there; `allow`: no difference.',
      ),
  })
  .describe('From where the site may be used; the client address comes from trusted proxies only.');

/** `protection` of a site file. */
export const protectionSchema = z
  .strictObject({
    lockAfter: z
      .int()
      .min(0)
      .max(1_000)
      .default(10)
      .describe(
        'Wrong passwords after which an account is locked, wherever they come from; 0: never. A browser that the person has used before is let through.',
      ),
    lockMinutes: z
      .int()
      .min(1)
      .max(1_440)
      .default(15)
      .describe('How long a locked account stays so; an administrator can end it.'),
    networks: networksSchema.optional(),
    countries: z
      .string()
      .min(1)
      .optional()
      .describe(
        'CSV file of networks by country, `192.0.2.0/24;FR` on each line: a sign-in from a country that is new for the person is told to them.',
      ),
  })
  .prefault({})
  .describe('What protects the accounts.');

const address = z
  .string()
  .refine((text) => text.includes('@'), 'expected an address as messagerie@saisons.example');

/** `notices` of a site file. */
export const noticesSchema = z
  .strictObject({
    from: address.describe('Address that the platform writes to agents from.'),
    replyTo: address.optional().describe('Where their answers go; nowhere read otherwise.'),
    username: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Service account of the SMTP server where it wants one; its password is `ESTAFETTE_<SITE>_NOTICES_PASSWORD`.',
      ),
  })
  .describe(
    'Mails of the platform to agents: new device, locked account, changes of their protection. Absent: none are sent.',
  );
