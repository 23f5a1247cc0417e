import { z } from 'zod';
import { parseDn } from '../ldap';

const WAY = /^(?:form|[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)$/;

const eligibleSchema = z
  .strictObject({
    branches: z
      .array(
        z
          .string()
          .refine((text) => parseDn(text) !== undefined, 'expected a distinguished name as ou=…'),
      )
      .default([])
      .describe('Branches of the directory.'),
    groups: z
      .array(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected the id of a group'))
      .default([])
      .describe('Ids of groups of this site.'),
  })
  .refine(
    ({ branches, groups }) => branches.length + groups.length > 0,
    'expected a branch or a group: nobody could sign in',
  )
  .optional()
  .describe(
    'Who may sign in, by any way: those below one of the branches or in one of the groups; everybody when absent.',
  );

const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9;_-]*$/, 'expected an attribute name');

/** What `signIn` of a site file says beside how a password is checked. */
export const signInRules = {
  order: z
    .array(z.string().regex(WAY, 'expected "form" or plugin.method'))
    .refine((ways) => new Set(ways).size === ways.length, 'expected each way once')
    .default([])
    .describe(
      'Ways in, as the sign-in page shows them: `form`, `sso.cerbere`. The others follow: the form, then by name.',
    ),
  form: z
    .enum(['shown', 'folded', 'hidden'])
    .default('shown')
    .describe(
      'The form for login and password: `folded` behind a link (`/login?form=1`), or `hidden`: it answers nobody.',
    ),
  eligible: eligibleSchema,
  profile: z
    .strictObject({
      language: attribute
        .optional()
        .describe(
          'Attribute that names the language at the first sign-in: `preferredLanguage`, `locale`.',
        ),
      unit: attribute
        .optional()
        .describe('Attribute that names where the person works: `departmentNumber`, `ou`.'),
      phone: attribute.optional().describe('Attribute of the telephone: `telephoneNumber`.'),
    })
    .prefault({})
    .describe(
      'Attributes that sign-ins take over from the directory, or from who vouches (`attributes` of the provider). Name and addresses: `signIn.ldap.attributes`, `claims` of the provider.',
    ),
};

/** How a site lets people in, whatever the way. */
export interface SignInRules {
  /** `form`, or `<plugin>.<method>`. */
  readonly order?: readonly string[];
  /** `shown` unless told. */
  readonly form?: 'shown' | 'folded' | 'hidden';
  /** Everybody when absent. */
  readonly eligible?: {
    readonly branches: readonly string[];
    readonly groups: readonly string[];
  };
  /** Attributes that say more of a person. */
  readonly profile?: {
    readonly language?: string | undefined;
    readonly unit?: string | undefined;
    readonly phone?: string | undefined;
  };
}
