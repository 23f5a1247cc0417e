import { sha256 } from '../base/ids';
import type { UserId } from '../base/types';
import type { Settings } from './types';

const SCOPE = 'trust';

// The address itself is not stored: whom an agent reads is nobody's business (RGPD, minimisation).
/** Names a remembered sender without telling the address. */
export const trustKey = (mail: string): string => sha256(mail.trim().toLowerCase());

/** Whether the user always shows the remote images of this sender. */
export async function isTrusted(settings: Settings, user: UserId, mail: string): Promise<boolean> {
  return (await settings.readKey(user, SCOPE, trustKey(mail))) === true;
}

/** Remembers a sender whose remote images are always shown. */
export const addTrusted = (settings: Settings, user: UserId, mail: string): Promise<void> =>
  settings.write(user, SCOPE, { [trustKey(mail)]: true });

export const removeTrusted = (settings: Settings, user: UserId, mail: string): Promise<void> =>
  settings.write(user, SCOPE, { [trustKey(mail)]: undefined });

/** How many senders and domains are remembered; who they are cannot be told. */
export const countTrusted = async (settings: Settings, user: UserId): Promise<number> =>
  Object.values(await settings.read(user, SCOPE)).filter((value) => value === true).length;

/** Forgets all of them. */
export async function forgetTrusted(settings: Settings, user: UserId): Promise<void> {
  const keys = Object.keys(await settings.read(user, SCOPE));
  await settings.write(user, SCOPE, Object.fromEntries(keys.map((key) => [key, undefined])));
}

/** What stands for every sender of a domain, where an address is asked; none without a domain. */
export function trustedDomain(mail: string): string | undefined {
  const domain = mail
    .slice(mail.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
  return mail.includes('@') && domain !== '' ? `@${domain}` : undefined;
}
