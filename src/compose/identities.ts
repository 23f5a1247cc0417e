import type { Actor } from '../session/types';
import { readCoreSettings } from '../settings';
import { type ComposeContext, ownerOf } from './context';
import { type StoredIdentity, storedIdentities } from './own/identity-store';
import type { Identity, OwnIdentity } from './types';

/**
 * Addresses that an agent may write from: theirs, then their aliases, as plugins leave them. Never
 * one that somebody typed.
 */
export async function listAddresses(
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

/** Identities to write from: those that the agent made, then addresses of which there is none. */
export async function listIdentities(
  context: ComposeContext,
  actor: Actor,
): Promise<readonly OwnIdentity[]> {
  const addresses = await listAddresses(context, actor);
  const stored = await storedIdentities(context.db.knex, ownerOf(actor));
  return stored.length === 0 ? addresses : withStored(addresses, stored, actor);
}

/** One whose address the agent has no more is left out, and is there again with the address. */
function withStored(
  addresses: readonly Identity[],
  stored: readonly StoredIdentity[],
  { user, site }: Actor,
): readonly OwnIdentity[] {
  const isOf =
    ({ mail }: { readonly mail: string }) =>
    (other: { readonly mail: string }): boolean =>
      mail.toLowerCase() === other.mail.toLowerCase();
  const hasNames = site.sending?.senderNames !== false;
  const made = stored
    .filter((one) => addresses.some(isOf(one)))
    .map((one): OwnIdentity => {
      const { name } = addresses.find(isOf(one)) ?? user;
      return { ...one, name: one.name === '' || !hasNames ? name : one.name };
    });
  const all = [...made, ...addresses.filter((one) => !made.some(isOf(one)))];
  const chosen = made.find(({ isDefault }) => isDefault) ?? all.find(({ isDefault }) => isDefault);
  return all.map((one) => ({ ...one, isDefault: one === (chosen ?? all[0]) }));
}

export const defaultIdentity = <I extends Identity>(identities: readonly I[]): I | undefined =>
  identities.find(({ isDefault }) => isDefault) ?? identities[0];

/** By its id; by its address for a draft of before the agent made one of it. */
export const findIdentity = <I extends Identity>(
  identities: readonly I[],
  id: string,
): I | undefined =>
  id === ''
    ? defaultIdentity(identities)
    : (identities.find((one) => one.id === id) ??
      identities.find((one) => one.mail.toLowerCase() === id));

/** The identity a message was addressed to, so that the answer comes from the same address. */
export const addressedIdentity = <I extends Identity>(
  identities: readonly I[],
  addresses: readonly { readonly mail: string }[],
): I | undefined => {
  const mails = new Set(addresses.map(({ mail }) => mail.toLowerCase()));
  const usual = defaultIdentity(identities);
  const isAddressed = ({ mail }: Identity): boolean => mails.has(mail.toLowerCase());
  return usual && isAddressed(usual) ? usual : (identities.find(isAddressed) ?? usual);
};
