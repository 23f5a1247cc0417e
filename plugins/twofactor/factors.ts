import type { PluginRequest } from 'estafette/plugin';
import { forgetDevices } from './devices';
import { beginAttempt, removeLimits, type Wait } from './limits';
import type { Context, Db, Owner } from './owner';
import { listPasskeys, removePasskeys } from './passkey-store';
import { countRecovery, looksLikeRecovery, removeRecovery, takeRecovery } from './recovery';
import { orGiveBack, type Taken } from './taken';
import { type Actor, audit, tellOwner } from './tell';
import { findTotp, isReadable, noteReadable, removeTotp, takeTotp } from './totp-store';

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

/** Notes for administrators whether codes of a person can be checked; a line when it is news that not. */
export async function noteCodes(context: Context, actor: Actor, user: number): Promise<void> {
  if (!(await noteReadable(context, { site: actor.site, user }))) return;
  await audit(context, actor, 'unreadable', { user });
}

/** Takes everything away: somebody who is erased, or reset. Nothing the second time. */
export async function removeAll(db: Pick<Db, 'table'>, owner: Owner): Promise<void> {
  await removeTotp(db, owner);
  await removePasskeys(db, owner);
  await removeRecovery(db, owner);
  await forgetDevices(db, owner);
  await removeLimits(db, owner);
}

/** What came of taking one way away; `last`: it is the only one, and has to stay. */
export type Removed =
  | { readonly kind: 'removed'; readonly what: { readonly method: Method; readonly name?: string } }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'last' };

/**
 * Takes one way away, unless it is the last one of somebody who is held to have one. Looked at and
 * removed in one transaction: of two at the same moment, the second is seen to be the last.
 */
export async function removeOne(
  { db }: Context,
  owner: Owner,
  { id, isHeld }: { readonly id: string; readonly isHeld: boolean },
): Promise<Removed> {
  return db.transaction(async (table): Promise<Removed> => {
    const totp = await findTotp({ table }, owner);
    const passkeys = await listPasskeys({ table }, owner);
    const passkey = passkeys.find((one) => one.id === id);
    if (!passkey && !(totp && id === 'totp')) return { kind: 'unknown' };
    const isLast = passkeys.length + (totp ? 1 : 0) === 1;
    if (isLast && isHeld) return { kind: 'last' };
    await (passkey ? removePasskeys({ table }, owner, id) : removeTotp({ table }, owner));
    // A telephone that is lost may be a browser that was trusted.
    await forgetDevices({ table }, owner);
    // Nothing is left that stood for it.
    if (isLast) await removeRecovery({ table }, owner);
    const what = passkey
      ? { method: 'passkey' as const, name: passkey.name }
      : { method: 'totp' as const };
    return { kind: 'removed', what };
  });
}

/** Ends recovery codes before they are used up, and says so; `but`: those of that browser stay. */
export async function endRecovery(
  context: Context,
  actor: Actor,
  { user, but }: { readonly user: number; readonly but?: string | undefined },
): Promise<void> {
  const owner = { site: actor.site, user };
  const count = await removeRecovery(context.db, owner, but);
  if (count === 0) return;
  await audit(context, actor, 'recovery-ended', { user, details: { count } });
  await tellOwner(context, owner, 'recovery-ended');
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
