import { z } from 'estafette/plugin';

/** What a site, or a group of it, may say under `plugins.twofactor`. */
export const factorConfig = z.strictObject({
  required: z
    .boolean()
    .default(false)
    .describe(
      'Everybody needs a second factor: who has none sets one up. A group may say so alone.',
    ),
  from: z.iso
    .date()
    .optional()
    .describe('First day (`2026-09-01`) of what `required` says; at once when absent.'),
  graceDays: z
    .int()
    .min(0)
    .max(365)
    .default(14)
    .describe(
      'Days that a person has, from `from` or from their first sign-in if that is later; a banner counts them down.',
    ),
  methods: z
    .array(z.enum(['totp', 'passkey']))
    .min(1)
    .default(['passkey', 'totp'])
    .describe('What may be set up: a passkey, a code of an application.'),
  ask: z
    .enum(['daily', 'always'])
    .default('daily')
    .describe('`daily`: once a day at most in a browser; `always`: at each sign-in.'),
  trustDays: z
    .int()
    .min(0)
    .max(365)
    .default(30)
    .describe(
      'Days that a person may trust a browser; 0: not offered. Nothing with `ask: "always"`.',
    ),
  inside: z
    .enum(['skip', 'ask'])
    .default('skip')
    .describe(
      'Whether a second factor is asked inside the networks of the site (`protection.networks`).',
    ),
  enrolOutside: z
    .boolean()
    .default(true)
    .describe(
      'Whether the first factor may be set up at sign-in from outside the networks of the site: there, whoever knows the password could.',
    ),
  acceptStrongSignIn: z
    .boolean()
    .default(true)
    .describe('A strong sign-in at the site’s provider stands for a second factor.'),
  recoveryCodes: z.int().min(4).max(16).default(4).describe('Recovery codes of a person.'),
  rpId: z
    .string()
    .max(253)
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/)
    .optional()
    .describe(
      'Domain that passkeys belong to, for a site with several hosts below it; the host otherwise. A change makes all passkeys useless.',
    ),
});

export type FactorConfig = z.infer<typeof factorConfig>;
