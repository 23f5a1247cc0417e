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
import { type DemoImap, type DemoImapUser, startDemoImap } from './imap';
import { type DemoLdap, startDemoLdap } from './ldap';
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
}

interface CommonStack {
  readonly smtp: DemoSmtp;
  readonly ldap: DemoLdap;
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
  const ldap = await startDemoLdap({
    entries: allDirectoryEntries(),
    passwords: allDirectoryPasswords(),
    suffixes: demoSites.map((site) => site.baseDn),
  });
  try {
    const imap = options.dovecot ? await realImap(options) : await memoryImap(options);
    const smtp = await startDemoSmtp({
      users: demoAgents.map(({ username, password, mail }) => ({
        username,
        password,
        addresses: [mail],
      })),
      deliver: (username, raw) => imap.deliver(username, raw),
      ...(options.smtpMaxBytes ? { maxBytes: options.smtpMaxBytes } : {}),
    });
    const close = async (): Promise<void> => {
      await Promise.all([imap.close(), smtp.close(), ldap.close()]);
    };
    const common = { smtp, ldap, agents: demoAgents, sites: demoSites, close };
    return 'faults' in imap ? { ...common, imap } : { ...common, imap };
  } catch (error) {
    await ldap.close();
    throw error;
  }
}

const usersOf = ({ seed = true, now = new Date() }: DemoStackOptions): DemoImapUser[] =>
  demoAgents.map((agent) => {
    const messages = seed ? seedMessages(agent, now) : [];
    return {
      username: agent.username,
      password: agent.password,
      aliases: [agent.mail],
      mailboxes: DEMO_MAILBOXES.map((mailbox) => ({
        ...mailbox,
        messages: messages.filter((message) => message.mailbox === mailbox.path),
      })),
    };
  });

function memoryImap(options: DemoStackOptions): Promise<DemoImap> {
  const { hide, maxConnectionsPerUser } = options;
  return startDemoImap({
    users: usersOf(options),
    ...(hide ? { hide } : {}),
    ...(maxConnectionsPerUser ? { maxConnectionsPerUser } : {}),
  });
}

async function realImap(options: DemoStackOptions): Promise<PrivateDovecot> {
  const users = usersOf(options);
  const dovecot = await startDovecot({ users });
  return dovecot;
}
