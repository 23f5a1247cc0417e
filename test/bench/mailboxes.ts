import { DEMO_MAILBOXES } from '../../src/demo/data';
import { type PrivateDovecot, startDovecot } from '../../src/demo/real/dovecot';
import { generateMessages } from '../../src/demo/real/generate';
import type { MaildirMessage } from '../../src/demo/real/maildir';
import { ImapClient } from './imap-client';
import { type Kind, subjectOf } from './special-messages';

export const PASSWORD = 'mesure-2026';
/** One person, with the uids of the special messages in their inbox. */
export interface Owner {
  readonly username: string;
  readonly special: Readonly<Record<Kind, readonly number[]>>;
}

/** A size of mailbox: one person for the product, one alike for the server alone. */
export interface Pair {
  readonly size: number;
  readonly product: Owner;
  readonly server: Owner;
}

/** Login names of people with a small inbox, for what many agents cost. */
export const crowdOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `agent${index + 1}`);

const CROWD_MESSAGES = 60; // a little more than a page

/** Starts Dovecot with empty pairs for the sizes and a filled crowd. */
export async function startServer(
  sizes: readonly number[],
  crowd: readonly string[],
): Promise<PrivateDovecot> {
  const messages: MaildirMessage[] = [];
  await generateMessages('crowd', CROWD_MESSAGES, (one) => messages.push(one));
  const empty = DEMO_MAILBOXES.map((mailbox) => ({ ...mailbox, messages: [] }));
  const filled = [...empty.filter(({ path }) => path !== 'INBOX'), { path: 'INBOX', messages }];
  const pairs = sizes.flatMap((size) => [productName(size), serverName(size)]);
  return startDovecot({
    users: [
      ...pairs.map((username) => ({ username, password: PASSWORD, mailboxes: empty })),
      ...crowd.map((username) => ({ username, password: PASSWORD, mailboxes: filled })),
    ],
  });
}

const productName = (size: number): string => `produit${size}`;
const serverName = (size: number): string => `serveur${size}`;

/** Fills both inboxes of a size and indexes them, special messages last. */
export async function fillPair(
  dovecot: PrivateDovecot,
  size: number,
  special: readonly Buffer[],
): Promise<Pair> {
  const fill = async (username: string): Promise<Owner> => {
    await dovecot.generateMailbox(username, size);
    for (const raw of special) dovecot.deliver(username, raw);
    await dovecot.doveadm('index', '-u', username, 'INBOX');
    return { username, special: await specialUids(dovecot, username, size) };
  };
  return { size, product: await fill(productName(size)), server: await fill(serverName(size)) };
}

async function specialUids(
  dovecot: PrivateDovecot,
  username: string,
  size: number,
): Promise<Owner['special']> {
  const client = await ImapClient.login(dovecot, username, PASSWORD);
  await client.command('SELECT INBOX');
  const find = (kind: Kind): Promise<number[]> =>
    client.search(`UID ${size + 1}:* SUBJECT "${subjectOf(kind)}"`);
  const special = {
    plain: await find('plain'),
    newsletter: await find('newsletter'),
    heavy: await find('heavy'),
  };
  client.close();
  return special;
}
