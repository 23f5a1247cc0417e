import type { ImapFlow } from 'imapflow';
import { decodePath } from 'imapflow/lib/tools.js';
import { mailboxArgument } from './commands';
import { isServerAnswer } from './errors';
import { listMailboxes } from './mailboxes';
import { type Attribute, exec, type ParsedNode, type ParsedResponse } from './raw';

const ATOM = (value: string): Attribute => ({ type: 'ATOM', value });

/** SUBSCRIBE or UNSUBSCRIBE (RFC 9051 6.3.7): whether programs list a mailbox. */
export async function setSubscribed(client: ImapFlow, path: string, on: boolean): Promise<void> {
  await exec(client, on ? 'SUBSCRIBE' : 'UNSUBSCRIBE', [mailboxArgument(client, path)]);
}

/**
 * RENAME (RFC 9051 6.3.6), which takes along what is below. Subscriptions are names: most servers
 * leave them where the mailbox was, so they are moved too.
 */
export async function renameMailbox(client: ImapFlow, from: string, to: string): Promise<void> {
  const below = (await listMailboxes(client, { isCounted: false })).filter(
    ({ path, delimiter }) => path === from || path.startsWith(`${from}${delimiter}`),
  );
  // The library closes the mailbox first where the connection has it open.
  await client.mailboxRename(from, to);
  for (const { path, isSubscribed } of below) {
    if (!isSubscribed) continue;
    try {
      await setSubscribed(client, `${to}${path.slice(from.length)}`, true);
      await setSubscribed(client, path, false);
    } catch (error) {
      // The mailbox is where it was to go; other programs may not list it.
      if (!isServerAnswer(error)) throw error;
    }
  }
}

/** DELETE (RFC 9051 6.3.4) and the subscription, which would be left. */
export async function deleteMailbox(client: ImapFlow, path: string): Promise<void> {
  await client.mailboxDelete(path);
  try {
    await setSubscribed(client, path, false);
  } catch (error) {
    if (!isServerAnswer(error)) throw error;
  }
}

const textOf = ({ value }: ParsedNode): string => (typeof value === 'string' ? value : '');

/** Bytes of each mailbox (STATUS=SIZE, RFC 8438) in one command; `undefined` where a server cannot say. */
export async function readSizes(
  client: ImapFlow,
): Promise<ReadonlyMap<string, number> | undefined> {
  const { capabilities } = client;
  if (!capabilities.has('STATUS=SIZE') || !capabilities.has('LIST-STATUS')) return undefined;
  const sizes = new Map<string, number>();
  const take = ({ attributes = [] }: ParsedResponse): void => {
    const [name, items] = attributes;
    if (!Array.isArray(items)) return;
    const words = items.map((item: ParsedNode) => textOf(item));
    const at = words.findIndex((word) => word.toUpperCase() === 'SIZE');
    const bytes = at < 0 ? Number.NaN : Number(words[at + 1]);
    const path = name && !Array.isArray(name) ? textOf(name as ParsedNode) : '';
    if (path !== '' && Number.isSafeInteger(bytes)) sizes.set(decodePath(client, path), bytes);
  };
  const all: Attribute[] = [
    { type: 'STRING', value: '' },
    { type: 'STRING', value: '*' },
    ATOM('RETURN'),
    [ATOM('STATUS'), [ATOM('SIZE')]],
  ];
  await exec(client, 'LIST', all, { STATUS: take, LIST: () => {} });
  return sizes;
}
