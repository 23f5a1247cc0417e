import { z } from 'zod';
import { parseDn } from '../ldap';

const pluginId = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a plugin id');

/** A plugin's entry in a site file or in a group of it. */
export const pluginEntriesSchema = z.record(
  pluginId,
  z.union([z.boolean(), z.record(z.string(), z.unknown())]),
);

export const lockedSchema = z.array(
  z.string().regex(/^[a-z][a-z0-9-]*\.[\w.-]+$/, 'expected plugin.setting'),
);

const distinguishedName = z
  .string()
  .refine((text) => parseDn(text) !== undefined, 'expected a distinguished name as ou=…,dc=…');

/** Which people are meant, by what the directory or who vouches says of them. */
export const matchSchema = z
  .strictObject({
    dn: distinguishedName.optional().describe('Branch of the directory that holds the agent.'),
    memberOf: distinguishedName.optional().describe('DN of a group of the directory.'),
    attribute: z
      .record(
        z.string().regex(/^[A-Za-z][A-Za-z0-9;-]*$/, 'expected an attribute name'),
        z.array(z.string().min(1)).min(1),
      )
      .optional()
      .describe('Attribute → values, one of which the agent has.'),
    logins: z.array(z.string().min(1)).min(1).optional().describe('Logins, one by one.'),
  })
  .refine((match) => Object.keys(match).length > 0, 'expected dn, memberOf, attribute or logins')
  .describe('Who belongs to it; where several are given, all must match.');

const groupSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected lower case letters, digits and "-"')
    .describe('Name in logs, commands and the database.'),
  title: z.string().min(1).max(80).describe('Name for people.'),
  match: matchSchema,
  plugins: pluginEntriesSchema
    .default({})
    .describe('Plugins for its members, laid over those of the site.'),
  locked: lockedSchema.default([]).describe('What its members may not change: `plugin.setting`.'),
  permissions: z
    .array(z.string().regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9.-]*$/, 'expected area.permission'))
    .default([])
    .describe(
      'For its members only: `admin.access`, `admin.platform`, `audit.read`, `audit.platform`, a plugin’s permissions.',
    ),
});

/** Most groups of one site: each is compared with each agent who signs in. */
const GROUPS_MAX = 200;

/** `groups` of a site file. */
export const groupsSchema = z
  .array(groupSchema)
  .max(GROUPS_MAX)
  .superRefine((groups, context) => {
    const ids = groups.map(({ id }) => id);
    ids.forEach((id, index) => {
      if (ids.indexOf(id) === index) return;
      context.addIssue({ code: 'custom', path: [index, 'id'], message: `"${id}" is given twice` });
    });
  })
  .default([])
  .describe('Groups of agents; where two speak of the same thing, the later one wins.');

/** `choices` of a site file. */
export const choicesSchema = z
  .array(pluginId)
  .default([])
  .describe('Plugins that each agent may turn on or off.');

/** What people are told apart by. */
export type PeopleMatch = z.output<typeof matchSchema>;
/** A group of a site's agents, by what the directory says of them. */
export type SiteGroup = z.output<typeof groupSchema>;
