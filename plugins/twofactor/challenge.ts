import type { PluginResponse } from 'estafette/plugin';
import { type Answered, leadTo, nextOf, page, type Visit } from './answers';
import { showEnrol } from './enrol';
import { type Method, noteCodes, overview, takeCode } from './factors';
import { beginAttempt, type Wait } from './limits';
import { hasAny } from './owner';
import { CHALLENGE, offeredDays, passRemembered } from './passing';
import { countRecovery, looksLikeRecovery } from './recovery';
import { orGiveBack } from './taken';
import { audit, tellOwner } from './tell';
import { isReadable } from './totp-store';
import { askToUse, ceremonyOf, takePasskey } from './webauthn';

interface Fault {
  readonly text: string;
  readonly field: 'code' | 'recovery' | 'passkey';
  readonly status: number;
  /** Until it may be tried again. */
  readonly waitS?: number;
}

/** The page that asks for a second factor, or for a first one to be set up. */
export async function showChallenge(
  visit: Visit,
  fault?: Fault,
  answered: Answered = fault ?? {},
): Promise<PluginResponse> {
  const { request, context, config, owner, isOpen } = visit;
  const { totp, passkeys, recovery } = await overview(context, owner);
  if (!totp && passkeys.length === 0) {
    // An open session without any has nothing to confirm with: the core asks for the password.
    return isOpen ? { redirect: nextOf(request) } : showEnrol(visit);
  }
  const ceremony = ceremonyOf(request, owner.user, config.rpId);
  const passkey = passkeys.length > 0 ? askToUse(context, ceremony, passkeys) : undefined;
  const hasRecovery = recovery.left > 0;
  const isSet = totp !== undefined;
  const hasCode = isSet && (await isReadable(context, owner));
  return page(
    visit,
    'challenge',
    'twofactor:challenge.title',
    {
      isOpen,
      next: nextOf(request),
      codeAction: context.url('challenge'),
      passkeyAction: context.url('challenge/passkey'),
      hasCode,
      // A field for codes that none can be right in would only send people in circles.
      isUnreadable: isSet && !hasCode,
      hasRecovery,
      passkey,
      trustDays: isOpen ? 0 : offeredDays(visit),
      fault: fault && { ...fault, field: shownAt(fault.field, hasCode, hasRecovery) },
    },
    answered,
  );
}

/** Beside the field that it is about; above all of them where that one is not on the page. */
function shownAt(field: Fault['field'], hasCode: boolean, hasRecovery: boolean): Fault['field'] {
  const isThere = { code: hasCode, recovery: hasRecovery, passkey: true }[field];
  if (isThere) return field;
  return field === 'code' && hasRecovery ? 'recovery' : 'passkey';
}

const WRONG_CODE = {
  wrong: 'twofactor:fault.code',
  replayed: 'twofactor:fault.replayed',
} as const;

const waiting = ({ t }: Visit, waitS: number, field: Fault['field']): Fault => ({
  text: t('twofactor:fault.wait', { count: Math.ceil(waitS / 60) }),
  field,
  status: 429,
  waitS,
});

/** One line for a whole wait: what is sent while it lasts says nothing new. */
async function noteWait(visit: Visit, method: string, begins: Wait | undefined): Promise<void> {
  if (begins === undefined) return;
  const { request, context, owner } = visit;
  const details = { method, code: 'blocked' };
  await audit(context, request, 'refused', { user: owner.user, details });
}

/** A code of the application, or a recovery code: either field takes both. */
export async function answerCode(visit: Visit): Promise<PluginResponse> {
  const { request, context, owner, t } = visit;
  if (!(await hasAny(context.db, owner))) return showChallenge(visit);
  const { code = '', from } = request.body;
  const field = from === 'recovery' || looksLikeRecovery(code) ? 'recovery' : 'code';
  const checked = await takeCode(context, owner, code, request.device);
  if (checked.kind === 'blocked') {
    return showChallenge(visit, waiting(visit, checked.waitS, field));
  }
  if (checked.kind === 'unreadable') {
    // The page itself says what there is to do.
    await noteCodes(context, request, owner.user);
    return showChallenge(visit, undefined, { status: 422 });
  }
  if (checked.kind !== 'right') {
    const event = checked.kind === 'replayed' ? 'replayed' : 'refused';
    await audit(context, request, event, { user: owner.user, details: { method: 'code' } });
    await noteWait(visit, 'code', checked.begins);
    const text = t(field === 'recovery' ? 'twofactor:fault.recovery' : WRONG_CODE[checked.kind]);
    return showChallenge(visit, { text, field, status: 422 });
  }
  await orGiveBack(context, checked, () =>
    checked.by === 'recovery' ? passByRecovery(visit) : pass(visit, { method: 'totp' }),
  );
  const next = nextOf(request);
  // What is left, and how to replace what was lost, is told before the mailbox.
  const isTold = checked.by === 'recovery' && !visit.isOpen;
  return { redirect: isTold ? leadTo(context.url('recovered'), {}, next) : next };
}

/** A passkey: the browser asked its owner, and signed what our page gave it. */
export async function answerPasskey(visit: Visit): Promise<PluginResponse> {
  const { request, context, config, owner, t } = visit;
  if (!(await hasAny(context.db, owner))) return showChallenge(visit);
  const attempt = await beginAttempt(context, owner, 'passkey', request.device);
  if (attempt.kind === 'blocked') {
    return showChallenge(visit, waiting(visit, attempt.waitS, 'passkey'));
  }
  const ceremony = ceremonyOf(request, owner.user, config.rpId);
  const { slip = '', response = '' } = request.body;
  const taken = await takePasskey(context, ceremony, { slip, response });
  if ('fault' in taken) {
    const event = taken.fault === 'replayed' ? 'replayed' : 'refused';
    const details = { method: 'passkey', code: taken.fault };
    await audit(context, request, event, { user: owner.user, details });
    await noteWait(visit, 'passkey', attempt.begins);
    if (attempt.begins === 'first') await tellOwner(context, owner, 'blocked');
    return showChallenge(visit, {
      text: t('twofactor:fault.passkey'),
      field: 'passkey',
      status: 422,
    });
  }
  await orGiveBack(context, taken, async () => {
    await attempt.right();
    await pass(visit, { method: 'passkey', name: taken.name });
  });
  return { redirect: nextOf(request) };
}

/** The factor was right: the way is free, and at a sign-in this browser is remembered. */
async function pass(
  visit: Visit,
  details: { readonly method: Method; readonly name?: string },
): Promise<void> {
  const { request, context, owner, isOpen } = visit;
  // Before: who acts in an open session is known by a handle that ends with the proof.
  await audit(context, request, 'used', { user: owner.user, details });
  await (isOpen
    ? request.satisfy(CHALLENGE)
    : passRemembered(visit, request.body['trust'] === '1'));
}

/** A recovery code stands for what is lost, once: it leaves no browser that is not asked. */
async function passByRecovery({ request, context, owner }: Visit): Promise<void> {
  const { left } = await countRecovery(context.db, owner);
  await audit(context, request, 'recovery-used', { user: owner.user, details: { left } });
  await request.satisfy(CHALLENGE);
  // A mail is not taken back: only of a code that let somebody in. It never fails.
  await tellOwner(context, owner, 'recovery-used', { left });
}
