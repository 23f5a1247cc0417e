import { z } from 'zod';
import { newToken } from '../../base/ids';
import type { Owner } from '../context';
import type { Executor } from '../rows';
import { IDENTITY_LIMITS, type IdentityFields, identityProblem } from './identity-rules';

/** One identity that an agent made. */
export interface StoredIdentity extends IdentityFields {
  readonly id: string;
}

const row = z
  .object({
    id: z.string(),
    label: z.string(),
    name: z.string(),
    mail: z.string(),
    reply_to: z.string(),
    bcc: z.string(),
    signature: z.string(),
    signature_html: z.string(),
    sent_mailbox: z.string(),
    // SQLite has no booleans.
    is_default: z.union([z.boolean(), z.number().transform((one) => one !== 0)]),
  })
  .transform(({ reply_to, signature_html, sent_mailbox, is_default, ...rest }) => ({
    ...rest,
    replyTo: reply_to,
    signatureHtml: signature_html,
    sentMailbox: sent_mailbox,
    isDefault: is_default,
  })) satisfies z.ZodType<StoredIdentity>;

const columns = (fields: IdentityFields) => ({
  label: fields.label,
  name: fields.name,
  mail: fields.mail,
  reply_to: fields.replyTo,
  bcc: fields.bcc,
  signature: fields.signature,
  signature_html: fields.signatureHtml,
  sent_mailbox: fields.sentMailbox,
  is_default: fields.isDefault,
});

const of = ({ user, site }: Owner) => ({ user_id: user, site });

/** Identities of the agent, in the order in which they were made. */
export async function storedIdentities(
  on: Executor,
  owner: Owner,
): Promise<readonly StoredIdentity[]> {
  const found = await on('identities')
    .where(of(owner))
    .orderBy(['position', 'id'])
    .limit(IDENTITY_LIMITS.count)
    .select();
  return z.array(row).parse(found);
}

/** Makes one, or changes the one of that id; false when it is not there. One is the default at most. */
export async function storeIdentity(
  on: Executor,
  owner: Owner,
  fields: IdentityFields,
  id: string | undefined,
): Promise<boolean> {
  const known = await storedIdentities(on, owner);
  if (id === undefined && known.length >= IDENTITY_LIMITS.count) throw identityProblem('many');
  if (id !== undefined && !known.some((one) => one.id === id)) return false;
  if (fields.isDefault) await on('identities').where(of(owner)).update({ is_default: false });
  if (id !== undefined) {
    await on('identities')
      .where({ ...of(owner), id })
      .update(columns(fields));
    return true;
  }
  const last = await on('identities').where(of(owner)).max({ position: 'position' }).first();
  const position = Number(last?.['position'] ?? 0) + 1;
  await on('identities').insert({
    id: newToken(16),
    ...of(owner),
    position,
    ...columns(fields),
  });
  return true;
}

/** False when it is not there. */
export const removeIdentity = async (on: Executor, owner: Owner, id: string): Promise<boolean> =>
  (await on('identities')
    .where({ ...of(owner), id })
    .delete()) > 0;
