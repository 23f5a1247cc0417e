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
}

interface CommonStack {
  readonly smtp: DemoSmtp;
  readonly ldap: DemoLdap;
  readonly pictures: DemoPictures;
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
    const users = usersOf(options, pictures.origin);
    const imap = await opening<DemoImap | PrivateDovecot>(
      options.dovecot ? startDovecot({ users }) : memoryImap(users, options),
    );
    const smtp = await opening(
      startDemoSmtp({
        users: demoAgents.map(({ username, password, mail }) => ({
          username,
          password,
          addresses: [mail],
        })),
        deliver: (username, raw) => imap.deliver(username, raw),
        ...(options.smtpMaxBytes ? { maxBytes: options.smtpMaxBytes } : {}),
      }),
    );
    const common = { smtp, ldap, pictures, agents: demoAgents, sites: demoSites, close };
    return 'faults' in imap ? { ...common, imap } : { ...common, imap };
  } catch (error) {
    await close();
    throw error;
  }
}

const usersOf = (
  { seed = true, now = new Date() }: DemoStackOptions,
  pictures: string,
): DemoImapUser[] =>
  demoAgents.map((agent) => {
    const messages = seed ? seedMessages(agent, now, pictures) : [];
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

function memoryImap(users: DemoImapUser[], options: DemoStackOptions): Promise<DemoImap> {
  const { hide, maxConnectionsPerUser } = options;
  return startDemoImap({
    users,
    ...(hide ? { hide } : {}),
    ...(maxConnectionsPerUser ? { maxConnectionsPerUser } : {}),
  });
}
