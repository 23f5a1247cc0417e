import type { PluginRequest } from 'estafette/plugin';
import { forgetDevices } from './devices';
import { beginAttempt, removeLimits, type Wait } from './limits';
import type { Context, Db, Owner } from './owner';
import { listPasskeys, removePasskeys } from './passkey-store';
import { countRecovery, looksLikeRecovery, removeRecovery, takeRecovery } from './recovery';
import { orGiveBack, type Taken } from './taken';
import { tellOwner } from './tell';
import { findTotp, isReadable, removeTotp, takeTotp } from './totp-store';

export type Method = 'totp' | 'passkey';

/** Ways that a person has set up; recovery codes alone are none. */
export async function methodsOf(db: Db, owner: Owner): Promise<readonly Method[]> {
  const [totp, passkeys] = await Promise.all([findTotp(db, owner), listPasskeys(db, owner)]);
  return [
    ...(passkeys.length > 0 ? (['passkey'] as const) : []),
    ...(totp ? (['totp'] as const) : []),
  ];
}

/** What came of a code that somebody typed. */
export type Checked =
  | ({ readonly kind: 'right'; readonly by: 'totp' | 'recovery' } & Taken)
  | { readonly kind: 'wrong' | 'replayed'; readonly begins: Wait | undefined }
  /** Nobody's fault who types: the secret cannot be opened, so no code can be right. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'blocked'; readonly waitS: number };

/** Takes a code of the application, or a recovery code: counted, and each once. */
export async function takeCode(
  context: Context,
  owner: Owner,
  typed: string,
  device: PluginRequest['device'],
): Promise<Checked> {
  const by = looksLikeRecovery(typed) ? 'recovery' : 'totp';
  if (by === 'totp' && !(await isReadable(context, owner))) return { kind: 'unreadable' };
  const attempt = await beginAttempt(context, owner, by, device);
  if (attempt.kind === 'blocked') return attempt;
  const taking =
    by === 'recovery'
      ? await takeRecovery(context, owner, typed)
      : await takeTotp(context, owner, typed.slice(0, 64));
  if (taking.kind !== 'right') {
    const { begins } = attempt;
    // Whoever comes as far as here knows the password.
    if (begins === 'first') await tellOwner(context, owner, 'blocked');
    return { kind: taking.kind, begins };
  }
  await orGiveBack(context, taking, attempt.right);
  return { ...taking, by };
}

/** Takes everything away: somebody who is erased, or reset. Nothing the second time. */
export async function removeAll(db: Pick<Db, 'table'>, owner: Owner): Promise<void> {
  await removeTotp(db, owner);
  await removePasskeys(db, owner);
  await removeRecovery(db, owner);
  await forgetDevices(db, owner);
  await removeLimits(db, owner);
}

/** After the last way is gone, nothing is left that stood for it. */
export async function tidyWithout(context: Context, owner: Owner): Promise<void> {
  if ((await methodsOf(context.db, owner)).length > 0) return;
  await removeRecovery(context.db, owner);
}

/** What the page of a person shows. */
export async function overview(context: Context, owner: Owner) {
  const [totp, passkeys, recovery] = await Promise.all([
    findTotp(context.db, owner),
    listPasskeys(context.db, owner),
    countRecovery(context.db, owner),
  ]);
  return { totp, passkeys, recovery };
}
