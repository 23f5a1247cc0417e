import { type DemoCas, startDemoCas } from './cas';
import { NOTICES_ACCOUNT } from './config-files';
import {
  allDirectoryEntries,
  allDirectoryPasswords,
  DEMO_MAILBOXES,
  type DemoAgent,
  type DemoSite,
  demoAgents,
  demoSites,
  seedMessages,
} from './data';
import { type DemoImap, type DemoImapUser, startDemoImap, type TokenCheck } from './imap';
import { type DemoLdap, startDemoLdap } from './ldap';
import { DEMO_MASTER } from './master';
import { type DemoOidc, startDemoOidc } from './oidc';
import { type DemoPictures, startDemoPictures } from './pictures';
import { type PrivateDovecot, startDovecot } from './real/dovecot';
import { type DemoSmtp, startDemoSmtp } from './smtp';

export interface DemoStackOptions {
  /** A private Dovecot takes the place of the IMAP server in memory. */
  readonly dovecot?: boolean;
  /** False leaves the mailboxes empty: quicker, for tests that bring their own mail. */
  readonly seed?: boolean;
  /** Capabilities the IMAP server in memory does not offer. */
  readonly hide?: readonly string[];
  /** The instant the sample mail is relative to; now unless told. */
  readonly now?: Date;
  readonly maxConnectionsPerUser?: number;
  readonly smtpMaxBytes?: number;
  /** Life of the tokens of the OpenID Connect provider; ten minutes unless told. */
  readonly accessTokenS?: number;
}

interface CommonStack {
  readonly smtp: DemoSmtp;
  readonly ldap: DemoLdap;
  readonly pictures: DemoPictures;
  /** Where agents of the first site sign in too, and of the second. */
  readonly oidc: DemoOidc;
  readonly cas: DemoCas;
  readonly agents: readonly DemoAgent[];
  readonly sites: readonly DemoSite[];
  close(): Promise<void>;
}

/** The servers of the demo, all in this process. */
export interface DemoStack extends CommonStack {
  readonly imap: DemoImap;
}

/** The same with a real IMAP server beside it. */
export interface DovecotStack extends CommonStack {
  readonly imap: PrivateDovecot;
}

/** Starts every server of the demo on free loopback ports; nothing is left running on failure. */
export function startDemoStack(
  options: DemoStackOptions & { dovecot: true },
): Promise<DovecotStack>;
export function startDemoStack(
  options?: DemoStackOptions & { dovecot?: false },
): Promise<DemoStack>;
export function startDemoStack(options?: DemoStackOptions): Promise<DemoStack | DovecotStack>;
export async function startDemoStack(
  options: DemoStackOptions = {},
): Promise<DemoStack | DovecotStack> {
  const opened: { close(): Promise<void> }[] = [];
  const opening = async <T extends { close(): Promise<void> }>(server: Promise<T>): Promise<T> => {
    opened.push(await server);
    return server;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((server) => server.close()));
  };
  try {
    const ldap = await opening(
      startDemoLdap({
        entries: allDirectoryEntries(),
        passwords: allDirectoryPasswords(),
        suffixes: demoSites.map((site) => site.baseDn),
      }),
    );
    const pictures = await opening(startDemoPictures());
    const oidc = await opening(
      startDemoOidc({
        accounts: agentsOf('saisons'),
        ...(options.accessTokenS ? { accessTokenS: options.accessTokenS } : {}),
      }),
    );
    const cas = await opening(startDemoCas({ accounts: agentsOf('marees') }));
    const users = usersOf(options, pictures.origin);
    const whose = (token: string): Promise<string | undefined> => oidc.whose(token);
    const imap = await opening<DemoImap | PrivateDovecot>(
      options.dovecot
        ? startDovecot({
            users,
            withoutPassword: {
              introspectionUrl: oidc.introspectionUrl,
              master: { user: DEMO_MASTER.username, password: DEMO_MASTER.password },
            },
          })
        : memoryImap(users, { ...options, whose }),
    );
    const smtp = await opening(
      startDemoSmtp({
        users: [
          ...demoAgents.map(({ username, password, mail }) => ({
            username,
            password,
            addresses: [mail],
          })),
          { ...NOTICES_ACCOUNT, addresses: [] },
        ],
        masters: [DEMO_MASTER],
        whose,
        deliver: (username, raw) => imap.deliver(username, raw),
        ...(options.smtpMaxBytes ? { maxBytes: options.smtpMaxBytes } : {}),
      }),
    );
    const common = { smtp, ldap, pictures, oidc, cas, agents: demoAgents, sites: demoSites, close };
    return 'faults' in imap ? { ...common, imap } : { ...common, imap };
  } catch (error) {
    await close();
    throw error;
  }
}

const agentsOf = (site: DemoSite['id']): readonly DemoAgent[] =>
  demoAgents.filter((agent) => agent.site === site);

const usersOf = (
  { seed = true, now = new Date() }: DemoStackOptions,
  pictures: string,
): DemoImapUser[] =>
  demoAgents.map((agent) => ({
    username: agent.username,
    password: agent.password,
    aliases: [agent.mail],
    /** Written when asked for: the mail of everybody takes longer than all else of a start. */
    get mailboxes() {
      const messages = seed ? seedMessages(agent, now, pictures) : [];
      return DEMO_MAILBOXES.map((mailbox) => ({
        ...mailbox,
        messages: messages.filter((message) => message.mailbox === mailbox.path),
      }));
    },
  }));

function memoryImap(
  users: DemoImapUser[],
  options: DemoStackOptions & { readonly whose: TokenCheck },
): Promise<DemoImap> {
  const { hide, maxConnectionsPerUser, whose } = options;
  return startDemoImap({
    users,
    masters: [DEMO_MASTER],
    whose,
    ...(hide ? { hide } : {}),
    ...(maxConnectionsPerUser ? { maxConnectionsPerUser } : {}),
  });
}
