import { z } from 'zod';
import { isRange } from '../base/addresses';

const port = z.int().min(1).max(65_535);
const MIB = 1024 * 1024;

/** An address or CIDR range as Express and net.BlockList take them. */
const isAddressRange = (text: string): boolean =>
  isRange(text) || text === 'loopback' || text === 'uniquelocal';

const listener = (what: string, defaultPort: number) =>
  z.strictObject({
    host: z.string().min(1).default('127.0.0.1').describe(`Address ${what} listens on.`),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(defaultPort)
      .describe(`Port ${what} listens on; 0 takes any free one.`),
  });

const databaseSchema = z
  .strictObject({
    client: z.literal('sqlite').default('sqlite').describe('SQLite in one file.'),
    filename: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The file; `estafette.db` in the data folder by default. `:memory:` keeps nothing.',
      ),
  })
  .describe('Where settings, sessions, drafts and the outbox are kept.');

const limitsSchema = z
  .strictObject({
    bodyBytes: z
      .int()
      .min(64 * 1024)
      .max(64 * MIB)
      .default(2 * MIB)
      .describe('Largest form a request may carry, files apart.'),
    workers: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe(
        'Threads that decode and clean messages; by default one less than the cores, at most 4.',
      ),
    imapConnectionsPerAccount: z
      .int()
      .min(1)
      .max(10)
      .default(3)
      .describe('IMAP connections open at once for one account in one process.'),
    pluginBudgetMs: z
      .int()
      .min(10)
      .max(10_000)
      .default(150)
      .describe('Time that plugins may add to one request before the optional ones are left out.'),
    memoryMb: z
      .int()
      .min(0)
      .max(65_536)
      .default(1_024)
      .describe(
        'Memory of one supervised process, in megabytes, above which another one takes its place; 0: never.',
      ),
    stuckSeconds: z
      .int()
      .min(0)
      .max(600)
      .default(10)
      .describe(
        'How long the loop of one supervised process may stand still before another one takes its place; 0: for ever.',
      ),
    auditDays: z
      .int()
      .min(180)
      .max(3_650)
      .default(365)
      .describe(
        'Days for which a line of the audit log is kept: it holds logins and addresses. No fewer than 180, for sites keep theirs for six to twelve months.',
      ),
  })
  .describe('Limits for the whole process.');

const streamFormat = {
  appName: z
    .string()
    .regex(/^[\x21-\x7e]{1,48}$/, 'expected at most 48 characters without spaces')
    .default('estafette')
    .describe('Name of the program in each line (RFC 5424 APP-NAME).'),
};

const streamSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('file').describe('Into a file, one JSON object a line.'),
      path: z
        .string()
        .min(1)
        .describe('The file; lines are added, rotation is yours (it is reopened).'),
    }),
    z.strictObject({
      kind: z.literal('syslog').describe('To a syslog server (RFC 5424), JSON in each message.'),
      transport: z
        .enum(['tls', 'tcp', 'udp'])
        .default('tls')
        .describe('`tls`: RFC 5425; `tcp` (RFC 6587) and `udp` (RFC 5426) on this machine alone.'),
      host: z
        .string()
        .regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'expected a host name or an address')
        .describe('Host name or address.'),
      port: port.optional().describe('6514 with TLS, 601 by TCP, 514 by UDP otherwise.'),
      caFile: z.string().min(1).optional().describe('PEM file of the authority that signed it.'),
      servername: z
        .string()
        .min(1)
        .optional()
        .describe('Name in the certificate when it differs from `host`.'),
      allowPlain: z
        .boolean()
        .default(false)
        .describe('Accepts `tcp` towards another machine: logins travel in the clear.'),
      ...streamFormat,
    }),
  ])
  .describe('Each line of the audit log, sent on as it is written.');

const auditSchema = z
  .strictObject({
    headFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File that keeps the ends of the audit log apart from the database, to see a cut tail; `audit-head.json` in the data folder by default. Best on another disk or account.',
      ),
    stream: streamSchema.optional(),
  })
  .describe('The audit log.');

/** `config/app.json`: the platform. */
export const appSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors; ignored.'),
    mode: z
      .enum(['production', 'development'])
      .default('production')
      .describe(
        '`development` makes its own key and checks plugins harder. `ESTAFETTE_MODE` wins.',
      ),
    role: z
      .enum(['all', 'web', 'worker'])
      .default('all')
      .describe('`web` runs no jobs; the others do. `ESTAFETTE_ROLE` wins.'),
    listen: listener('the web server', 3000).prefault({}).describe('Where the web server listens.'),
    metrics: listener('the operations server', 9464)
      .optional()
      .describe(
        'Separate listener of the operator: `/metrics`, `/health` and `/health/plugins` in detail; absent: none.',
      ),
    publicUrl: z
      .strictObject({
        scheme: z
          .enum(['https', 'http'])
          .optional()
          .describe('`https` by default; `http` only on loopback.'),
        port: port.optional().describe('Port in links when it is not the usual one.'),
      })
      .prefault({})
      .describe('How browsers reach the platform, a proxy in front included.'),
    trustedProxies: z
      .array(
        z
          .string()
          .refine(isAddressRange, 'expected an IP address, a range (10.0.0.0/8) or "loopback"'),
      )
      .default(['loopback'])
      .describe('Proxies whose `X-Forwarded-For` is believed.'),
    database: databaseSchema.prefault({}),
    dataDir: z
      .string()
      .min(1)
      .default('var')
      .describe('Folder of the database, uploads and the development key.'),
    log: z
      .strictObject({
        level: z
          .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
          .default('info')
          .describe('Least important lines that are written.'),
      })
      .prefault({})
      .describe('Logs, JSON lines on standard error.'),
    limits: limitsSchema.prefault({}),
    audit: auditSchema.prefault({}),
  })
  .describe('The platform.');

const pluginId = /^[a-z][a-z0-9-]*$/;

/** A package that `plugins:add` installed, held against its record at each start. */
const packageSchema = z
  .strictObject({
    name: z.string().min(1).describe('Name of the package.'),
    version: z.string().min(1).describe('Version that was installed.'),
    api: z.string().min(1).describe('Range of the plugin API that it was made for.'),
    integrity: z
      .string()
      .regex(/^sha512-[A-Za-z0-9+/]{86}==$/, 'expected sha512-…')
      .describe('SHA-512 of the package that was installed.'),
  })
  .describe('An installed package.');

/** `config/plugins.json`: plugins' defaults for every site, and what an operator decides on them. */
export const pluginsSchema = z
  .object({
    $schema: z.string().optional().describe('For editors; ignored.'),
    order: z
      .record(z.string(), z.array(z.string()))
      .default({})
      .describe('Hook name → plugin ids whose handlers come first, in this order.'),
    packages: z
      .array(z.union([z.string().min(1), packageSchema]))
      .default([])
      .describe(
        'npm packages to load as plugins, beside the folder `plugins/`: names, or what `plugins:add` records.',
      ),
    grants: z
      .record(z.string(), z.array(z.string()))
      .default({})
      .describe(
        'Plugin id → what its code may touch, of what it declares in `needs`: `db`, `mail.read`, `http:https://host`… A plugin that lacks one is refused.',
      ),
    origins: z
      .record(z.string(), z.array(z.string()))
      .default({})
      .describe(
        'Plugin id → servers that its code may reach, private ones too, for a plugin that declares `http:configured`: `https://idp.example`; `http://` on this machine alone.',
      ),
    posts: z
      .record(z.string(), z.int().min(1).max(1_000_000))
      .default({})
      .describe(
        'Plugin id → to how many people it may have a site write in an hour (`mail.post`); 500 unless told.',
      ),
  })
  .catchall(
    z
      .record(z.string(), z.unknown())
      .describe('Defaults of the plugin of this id, checked by its own schema.'),
  )
  .superRefine((value, context) => {
    for (const key of Object.keys(value)) {
      if (key === '$schema' || pluginId.test(key)) continue;
      context.addIssue({ code: 'custom', path: [key], message: 'expected a plugin id as the key' });
    }
  })
  .describe('Plugins, for every site. Any other key is a plugin id.');

export type AppFile = z.output<typeof appSchema>;
/** Where lines of the audit log are sent on. */
export type AuditStreamSettings = z.output<typeof streamSchema>;
export type PluginsFile = z.output<typeof pluginsSchema>;

/** An entry of `packages`. */
export type PackageEntry = PluginsFile['packages'][number];
