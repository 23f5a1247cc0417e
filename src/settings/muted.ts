import type { UserId } from '../base/types';
import type { CoreSettings } from './core-sections';
import { CORE_SCOPE } from './scope';
import type { Settings } from './types';

/** Key of the core scope: conversations whose answers do not disturb. */
const KEY = 'muted.by';
/** A look for each costs the mail server; those muted first are forgotten. */
const MAX_MUTED = 20;
const MAX_IDS = 2;
const MAX_ID_CHARS = 200;

/** A conversation that is muted, by Message-IDs that its answers name (RFC 5322 3.6.4). */
export interface MutedConversation {
  readonly ids: readonly string[];
}

/** Those muted last at the end; what is stored and cannot be read is none. */
export function mutedFrom(stored: Readonly<Record<string, unknown>>): readonly MutedConversation[] {
  const value = stored[KEY];
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    const ids: readonly unknown[] = Array.isArray(one) ? one : [];
    const own = ids.filter((id): id is string => typeof id === 'string' && id !== '');
    return own.length > 0 ? [{ ids: own.slice(0, MAX_IDS) }] : [];
  });
}

/** What names the conversation of a message: its root, itself. */
export interface Named {
  readonly messageId: string | undefined;
  /** The root first, as in the header. */
  readonly references: readonly string[];
}

const idsOf = ({ messageId, references }: Named): readonly string[] => {
  const all = [...references, ...(messageId === undefined ? [] : [messageId])];
  const usable = [...new Set(all)].filter((id) => id !== '' && id.length <= MAX_ID_CHARS);
  return [...usable.slice(0, 1), ...usable.slice(1).slice(1 - MAX_IDS)];
};

/** Whether a message belongs to a conversation that is muted. */
export function isMuted(core: Pick<CoreSettings, 'muted'>, message: Named): boolean {
  const named = new Set([...message.references, message.messageId]);
  return core.muted.some(({ ids }) => ids.some((id) => named.has(id)));
}

/** Mutes the conversation of a message, or hears it again. False for one that nothing names. */
export async function setMuted(
  settings: Settings,
  user: UserId,
  core: Pick<CoreSettings, 'muted'>,
  { message, on }: { readonly message: Named; readonly on: boolean },
): Promise<boolean> {
  const ids = idsOf(message);
  if (ids.length === 0) return false;
  const others = core.muted.filter((one) => !isMuted({ muted: [one] }, message));
  const all = on ? [...others, { ids }].slice(-MAX_MUTED) : others;
  await settings.write(user, CORE_SCOPE, { [KEY]: all.map((one) => one.ids) });
  return true;
}
