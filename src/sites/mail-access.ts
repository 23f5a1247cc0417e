import { z } from 'zod';
import type { TokenMechanism } from '../base/sasl';
import { type SecretHandle, secretHandle } from '../base/secret';
import type { SiteId } from '../base/types';
import { type SiteContext, secretVariable } from '../kernel/config';

/** How the mail of a session without a password is opened. With one, the person's own is used. */
export type MailAccess =
  /** It is not: such a session is refused. */
  | { readonly kind: 'password' }
  /** By the token that the provider gave (RFC 7628). */
  | {
      readonly kind: 'oauth';
      readonly mechanism: TokenMechanism;
      readonly servers: readonly string[];
    }
  /** By a service that may open every mailbox; it signs in as `person<separator>service`. */
  | {
      readonly kind: 'master';
      readonly user: string;
      readonly separator: string;
      readonly password: SecretHandle;
      readonly servers: readonly string[];
    }
  /** By a service that says for whom it comes (RFC 4616 2: authorization identity). */
  | {
      readonly kind: 'authzid';
      readonly user: string;
      readonly password: SecretHandle;
      readonly servers: readonly string[];
    };

const serviceUser = z
  .string()
  .max(320)
  .regex(/^[^\p{Cc}\s]+$/u, 'expected a login without spaces')
  .describe(
    'The service that may open every mailbox; its password is `ESTAFETTE_<SITE>_MAIL_MASTER_PASSWORD`.',
  );

const servers = z
  .array(z.string().toLowerCase().min(1).max(253))
  .default([])
  .describe(
    'Other servers that may be told it, where a plugin chooses the server of each person; those of `imap` and `smtp` always may.',
  );

/** `mailAccess` of a site file. */
export const mailAccessSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z
        .literal('password')
        .describe('Only with the person’s password: nobody enters without one.'),
    }),
    z.strictObject({
      kind: z.literal('oauth').describe('With the token of the provider, renewed as needed.'),
      mechanism: z
        .enum(['OAUTHBEARER', 'XOAUTH2'])
        .default('OAUTHBEARER')
        .describe('How it is presented; IMAP and SMTP must both announce it.'),
      servers,
    }),
    z.strictObject({
      kind: z.literal('master').describe('As `person*service`, with the password of the service.'),
      user: serviceUser,
      separator: z
        .string()
        .regex(/^[^\p{Cc}\s\p{L}\p{N}]$/u, 'expected one sign, such as "*"')
        .default('*')
        .describe('Between the two names; Dovecot: `auth_master_user_separator`.'),
      servers,
    }),
    z.strictObject({
      kind: z
        .literal('authzid')
        .describe('As the service, for the person: SASL PLAIN with both names.'),
      user: serviceUser,
      servers,
    }),
  ])
  .describe('How the mail of somebody who entered without a password is opened, SMTP included.');

/** With its secret, which no file of the site holds. */
export function mailAccessOf(
  site: SiteId,
  access: z.output<typeof mailAccessSchema>,
  { secrets }: Pick<SiteContext, 'secrets'>,
): MailAccess {
  if (access.kind === 'password' || access.kind === 'oauth') return access;
  const variable = secretVariable(site, 'mailMasterPassword');
  const password = secrets.read(variable);
  if (password === undefined) {
    secrets.fault(variable, `the password of mailAccess.user of site ${site} is missing`);
  } else if (password.includes('\0')) {
    secrets.fault(variable, 'expected a password without NUL');
  }
  return { ...access, password: secretHandle(password ?? '') };
}
