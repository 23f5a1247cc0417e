import type { UserId } from '../base/types';
import type { CoreSettings } from './core-sections';
import { CORE_SCOPE } from './scope';
import type { Settings } from './types';

/** Key of the core scope: which mailboxes are shown otherwise than the agent's setting says. */
export const CONVERSATIONS_KEY = 'conversations.by';
const MAX_MAILBOXES = 300;
const MAX_CHARS = 50_000;

/** Whether a mailbox is listed by conversation, by its path; what is stored and cannot be read is none. */
export function conversationsFrom(
  stored: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, boolean> {
  const value = stored[CONVERSATIONS_KEY];
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).filter((pair): pair is [string, boolean] => typeof pair[1] === 'boolean'),
  );
}

/** Whether the agent sees this mailbox by conversation. */
export const isThreaded = (core: CoreSettings, mailbox: string): boolean =>
  core.conversations.get(mailbox) ?? core.display.conversations === 'on';

/** Remembers it for one mailbox; of very many, the longest unchanged are forgotten. */
export async function setThreaded(
  settings: Settings,
  user: UserId,
  core: CoreSettings,
  { mailbox, on }: { readonly mailbox: string; readonly on: boolean },
): Promise<void> {
  const by = new Map(core.conversations);
  by.delete(mailbox);
  by.set(mailbox, on);
  let kept = [...by].slice(-MAX_MAILBOXES);
  while (JSON.stringify(kept).length > MAX_CHARS) kept = kept.slice(1);
  await settings.write(user, CORE_SCOPE, { [CONVERSATIONS_KEY]: Object.fromEntries(kept) });
}
