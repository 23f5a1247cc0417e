import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { isFilterTemplate } from '../ldap';
import {
  choicesSchema,
  groupsSchema,
  lockedSchema,
  matchSchema,
  pluginEntriesSchema,
} from './groups';
import { normalizeHost } from './host';
import { mailAccessSchema } from './mail-access';
import { noticesSchema, protectionSchema } from './protection-schema';
import { readingSchema } from './reading-schema';
import { signInRules } from './sign-in-schema';

const domain =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** A host of ours: a name, an address, or `*.localhost`; Unicode names become ASCII (RFC 5891). */
const ownHost = z.string().transform((text, context) => {
  const isUnicodeName = /[^\x20-\x7e]/.test(text);
  const ascii = isUnicodeName ? domainToASCII(text) : text;
  const host = ascii === '*.localhost' ? ascii : normalizeHost(ascii);
  if (host !== undefined && host !== '' && !/:\d+$/.test(ascii.replace(/\[.*\]/, ''))) return host;
  context.addIssue({
    code: 'custom',
    message: 'expected a host name without scheme, port or path',
  });
  return z.NEVER;
});

const serverHost = z
  .string()
  .regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'expected a host name or an address');

const port = z.int().min(1).max(65_535);

const serverFields = {
  host: serverHost.describe('Host name or address.'),
  port: port.optional().describe('Port; the usual one of the protocol and protection otherwise.'),
  security: z
    .enum(['tls', 'starttls', 'none'])
    .default('tls')
    .describe('`none` is refused outside this machine unless `allowPlain` is true.'),
  caFile: z.string().min(1).optional().describe('PEM file of the authority that signed it.'),
  servername: serverHost
    .optional()
    .describe('Name in the certificate when it differs from `host`.'),
  allowPlain: z
    .boolean()
    .default(false)
    .describe('Accepts `none` towards another machine: passwords travel in the clear.'),
};

const imapSchema = z.strictObject(serverFields).describe('The IMAP server.');
const smtpSchema = z
  .strictObject({
    ...serverFields,
    auth: z
      .enum(['user', 'none'])
      .default('user')
      .describe('`user`: as the agent; `none`: a relay that trusts our address.'),
  })
  .describe('The SMTP submission server.');

const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9;-]*$/, 'expected an attribute name');

const ldapFields = {
  urls: z
    .array(
      z.string().regex(/^ldaps?:\/\/[^/\s@]+$/, 'expected ldap://host:389 or ldaps://host:636'),
    )
    .min(1)
    .describe('Servers, tried in this order.'),
  startTls: z.boolean().default(false).describe('Protects `ldap://` before the bind.'),
  caFile: z.string().min(1).optional().describe('PEM file of the authority that signed them.'),
  allowPlain: z
    .boolean()
    .default(false)
    .describe('Accepts unprotected `ldap://` towards another machine.'),
  timeoutMs: z.int().min(500).max(30_000).default(5_000).describe('For one server.'),
  followAliases: z
    .boolean()
    .default(false)
    .describe(
      'Shows the entry that an alias of the directory stands for, where it is below `searchBase`. Nobody signs in by an alias.',
    ),
};

const ldapSchema = z
  .strictObject({
    ...ldapFields,
    bindDn: z
      .string()
      .min(1)
      .optional()
      .describe('Service account; its password is `ESTAFETTE_<SITE>_LDAP_BIND_PASSWORD`.'),
    searchBase: z.string().min(1).describe('Branch where agents are searched.'),
    searchFilter: z
      .string()
      .refine((text) => text.includes('{{login}}'), 'expected a filter that holds {{login}}')
      .refine(isFilterTemplate, 'expected an LDAP filter (RFC 4515), every parenthesis closed')
      .default('(|(uid={{login}})(mail={{login}}))')
      .describe(
        '`{{login}}` is replaced by what was typed, in lower case and escaped (RFC 4515). The entry has to carry it: as `uid`, `mail`, or what the filter compares it with.',
      ),
    attributes: z
      .strictObject({
        uid: attribute.default('uid').describe('The agent’s login.'),
        mail: attribute.default('mail').describe('Their address.'),
        name: attribute.default('cn').describe('Their full name.'),
        imapLogin: attribute.default('uid').describe('What signs in to IMAP and SMTP.'),
      })
      .prefault({})
      .describe('Attributes of an entry.'),
  })
  .describe('The directory.');

/** A directory beside that of sign-in: for looking people up, never for signing in. */
const directorySchema = z.strictObject({
  ...ldapFields,
  title: z.string().min(1).max(80).describe('What agents see of it.'),
  bindDn: z
    .string()
    .min(1)
    .optional()
    .describe('Service account; its password is `ESTAFETTE_<SITE>_DIRECTORY_<ID>_BIND_PASSWORD`.'),
  searchBase: z.string().min(1).describe('Branch that is shown.'),
  attributes: z
    .strictObject({
      uid: attribute.default('uid').describe('A login.'),
      mail: attribute.default('mail').describe('Addresses.'),
      name: attribute.default('cn').describe('The full name.'),
    })
    .prefault({})
    .describe('Attributes of an entry.'),
});

const DIRECTORY_ID = /^(?!sign-in$)[a-z][a-z0-9-]{0,39}$/;
const directoriesSchema = z
  .record(
    z.string().regex(DIRECTORY_ID, 'expected lower case letters, digits and "-", not "sign-in"'),
    directorySchema,
  )
  .default({})
  .describe(
    'Directories beside that of sign-in, by an id of your own: `title`, and what `signIn.ldap` has, without `searchFilter`.',
  );

const signInSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('ldap').describe('By the directory.'),
      ldap: ldapSchema,
      ...signInRules,
    }),
    z.strictObject({
      kind: z.literal('imap').describe('By the IMAP server itself.'),
      loginDomain: z
        .string()
        .regex(domain, 'expected a domain')
        .optional()
        .describe('Completes a login typed without `@`.'),
      ...signInRules,
    }),
  ])
  .describe('How a password is checked.');

const httpUrl = z.string().regex(/^https?:\/\/[^\s]+$/, 'expected an address https://…');
const linkUrl = z.string().regex(/^(?:https?:\/\/|\/(?!\/))[^\s]*$/, 'expected https://… or /path');

const isTimeZone = (text: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
};

/** A text for agents: one for all, or one in each language. */
const siteText = (maxChars: number, minChars = 1) => {
  const text = z.string().min(minChars).max(maxChars);
  return z.union(
    [text, z.strictObject({ fr: text.describe('In French.'), en: text.describe('In English.') })],
    {
      error: 'expected text, or {"fr": …, "en": …}',
    },
  );
};

const supportSchema = z
  .strictObject({
    name: siteText(160).describe('The service that agents turn to; text, or `{"fr", "en"}`.'),
    phone: z.string().min(1).optional().describe('Its telephone number.'),
    mail: z.string().includes('@').optional().describe('Its address.'),
    url: httpUrl.optional().describe('Its page.'),
    hours: siteText(160).optional().describe('When it answers; text, or `{"fr", "en"}`.'),
  })
  .describe('Shown beside errors and at sign-in.');

const helpSchema = z
  .strictObject({
    lost: z
      .strictObject({
        text: siteText(2_000)
          .optional()
          .describe(
            'What somebody does who lost their identifier or password; text, or `{"fr", "en"}`.',
          ),
        url: httpUrl.optional().describe('The ministry’s own page for it.'),
      })
      .prefault({})
      .describe('The journey “lost identifier or password”.'),
  })
  .prefault({})
  .describe('What the help pages of the sign-in page say of this ministry.');

const sessionSchema = z
  .strictObject({
    idleMinutes: z.int().min(1).max(1_440).default(60).describe('Ends a session left alone.'),
    absoluteHours: z.int().min(1).max(720).default(12).describe('Ends any session.'),
  })
  .prefault({})
  .describe('How long a session lasts.');

const limitsSchema = z
  .strictObject({
    messageBytes: z
      .int()
      .min(100_000)
      .max(500_000_000)
      .default(25_000_000)
      .describe('Largest message that can be sent, encoded.'),
    recipients: z.int().min(1).max(10_000).default(200).describe('Most recipients of one message.'),
    pageSize: z.int().min(10).max(200).default(50).describe('Messages on a page of a list.'),
    undoSeconds: z.int().min(0).max(60).default(8).describe('How long a move can be undone.'),
  })
  .prefault({})
  .describe('Limits of this site.');

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time as 08:00');

const offlineSchema = z
  .strictObject({
    allowed: z
      .boolean()
      .default(true)
      .describe('Whether agents may ask a device of theirs to keep the mail that they opened.'),
    hours: z
      .int()
      .min(1)
      .max(720)
      .default(72)
      .describe('How long kept pages open after the device last met the server.'),
    messages: z
      .int()
      .min(10)
      .max(1_000)
      .default(200)
      .describe('Messages that one device keeps at most, the oldest opened go first.'),
  })
  .prefault({})
  .describe('Mail on devices without a network, where their agent asks for it.');

const pushSchema = z
  .strictObject({
    allowed: z
      .boolean()
      .default(false)
      .describe(
        'Whether devices are told of new messages while no page is open, through the push services of their browsers. What is said is encrypted; that something is said is known to the service.',
      ),
    everyMinutes: z
      .int()
      .min(1)
      .max(60)
      .default(2)
      .describe('How often the mailboxes of who has such a device are looked at.'),
    services: z
      .array(z.string().min(1).max(255))
      .min(1)
      .default([
        'fcm.googleapis.com',
        '*.push.services.mozilla.com',
        '*.push.apple.com',
        '*.notify.windows.com',
      ])
      .describe('Hosts of the push services that may be contacted: `host` or `*.domain`.'),
  })
  .prefault({})
  .describe('New messages told to devices where no page is open (Web Push).');

const sendingSchema = z
  .strictObject({
    undoSeconds: z
      .int()
      .min(0)
      .max(30)
      .default(0)
      .describe('How long a sending can be called back, unless an agent chooses; 0: not.'),
    keepAccess: z
      .boolean()
      .default(true)
      .describe(
        'What opens the mail is kept, sealed, until a message that was put off has left. `false`: it leaves when its agent is there.',
      ),
    senderNames: z
      .boolean()
      .default(true)
      .describe(
        'Agents may change the name beside their address in identities of theirs. `false`: it is the directory’s.',
      ),
    hours: z
      .strictObject({
        days: z
          .array(z.int().min(1).max(7))
          .min(1)
          .max(7)
          .default([1, 2, 3, 4, 5])
          .describe('Working days, 1 is Monday.'),
        from: clock.default('08:00').describe('When the working day begins.'),
        to: clock.default('19:00').describe('When it ends.'),
        exempt: z
          .array(z.string().min(1))
          .default([])
          .describe('Groups of the site that are not asked: those on duty.'),
      })
      .refine(({ from, to }) => from < to, 'the day has to end after it begins')
      .optional()
      .describe('Right to disconnect: outside of these hours, tomorrow morning is offered.'),
  })
  .prefault({})
  .describe('When messages leave.');

const auditSchema = z
  .strictObject({
    months: z
      .int()
      .min(6)
      .max(12)
      .default(12)
      .describe('Months for which a line is kept, within `limits.auditDays` of the platform.'),
  })
  .prefault({})
  .describe('The audit log of this site.');

/** `config/sites/<id>.json`: one ministry. */
export const siteSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors; ignored.'),
    hosts: z
      .array(ownHost)
      .min(1)
      .describe('Host names that browsers use; the first one is used in links.'),
    alsoHosts: z
      .array(ownHost)
      .default([])
      .describe(
        'Host names of other sites at which people of this one sign in too: `alsoPeople`, or a plugin (`site:resolve`), says who is of this site.',
      ),
    alsoPeople: matchSchema
      .optional()
      .describe(
        'Who, of those that sign in at `alsoHosts`, is of this site; where several are given, all must match. A plugin’s word comes first; of two sites that match, the first by name.',
      ),
    title: z.string().min(1).max(80).describe('Name of the service, as agents know it.'),
    tagline: siteText(160, 0)
      .default('')
      .describe('A line under the name; text, or `{"fr", "en"}`.'),
    mailDomains: z
      .array(z.string().toLowerCase().regex(domain, 'expected a mail domain'))
      .min(1)
      .describe('Domains of this ministry; other correspondents are marked as outside.'),
    skin: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, 'expected the name of a folder of skins/')
      .default('base')
      .describe('Folder of `skins/`.'),
    locale: z.enum(['fr', 'en']).default('fr').describe('Language before an agent chooses.'),
    timeZone: z
      .string()
      .refine(isTimeZone, 'expected a time zone as Europe/Paris')
      .default('Europe/Paris')
      .describe('Time zone before an agent chooses.'),
    imap: imapSchema,
    smtp: smtpSchema,
    signIn: signInSchema,
    directories: directoriesSchema,
    mailAccess: mailAccessSchema.default({ kind: 'password' }),
    support: supportSchema,
    session: sessionSchema,
    protection: protectionSchema,
    notices: noticesSchema.optional(),
    reading: readingSchema,
    help: helpSchema,
    limits: limitsSchema,
    sending: sendingSchema,
    offline: offlineSchema,
    push: pushSchema,
    audit: auditSchema,
    plugins: pluginEntriesSchema
      .default({})
      .describe(
        'Plugin id → true, or its settings here; false, absent or `"enabled": false`: off.',
      ),
    groups: groupsSchema,
    choices: choicesSchema,
    locked: lockedSchema
      .default([])
      .describe(
        'Settings that agents may not change: `plugin.setting` or `core.display.theme`. Checked by `sites:check`.',
      ),
    taskbar: z.array(z.string().min(1)).default([]).describe('Taskbar items that come first.'),
    links: z
      .array(
        z.strictObject({
          label: siteText(80).describe('What the link says; text, or `{"fr", "en"}`.'),
          href: linkUrl.describe('Where it leads.'),
        }),
      )
      .default([])
      .describe('Foot of the sign-in page: accessibility, legal, privacy.'),
  })
  .describe('One ministry.');

export type SiteFile = z.output<typeof siteSchema>;
