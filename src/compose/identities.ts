import type { Actor } from '../session/types';
import { readCoreSettings } from '../settings';
import type { ComposeContext } from './context';
import type { Identity } from './types';

/** Identities an agent may write from: their address, then their aliases; plugins may change them. */
export async function listIdentities(
  context: ComposeContext,
  actor: Actor,
): Promise<readonly Identity[]> {
  const { user } = actor;
  const { signature } = (await readCoreSettings(context.settings, user)).writing;
  const mails = [...new Set([user.mail, ...user.aliases].map((mail) => mail.trim()))];
  const own = mails.filter(Boolean).map((mail, index) => ({
    id: mail.toLowerCase(),
    name: user.name,
    mail,
    isDefault: index === 0,
    signature,
  }));
  const listed = await context.hooks.filter(actor.scope, 'identity:list', own, { user: user.id });
  return listed.length > 0 ? listed : own;
}

export const defaultIdentity = (identities: readonly Identity[]): Identity | undefined =>
  identities.find(({ isDefault }) => isDefault) ?? identities[0];

/** The identity a message was addressed to, so that the answer comes from the same address. */
export const addressedIdentity = (
  identities: readonly Identity[],
  addresses: readonly { readonly mail: string }[],
): Identity | undefined => {
  const mails = new Set(addresses.map(({ mail }) => mail.toLowerCase()));
  return (
    identities.find(({ mail }) => mails.has(mail.toLowerCase())) ?? defaultIdentity(identities)
  );
};
