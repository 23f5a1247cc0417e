import { deviceText, type PluginResponse } from 'estafette/plugin';
import { type Answered, makerOf, page, type Visit } from './answers';
import { forgetLearned } from './countdown';
import { forgetDevices, listDevices } from './devices';
import { endRecovery, overview, removeOne } from './factors';
import { takeTurn } from './limits';
import { hasAny } from './owner';
import { findPerson } from './people';
import { deadlineOf } from './policy';
import { newRecovery, saveRecovery } from './recovery';
import { showCodes } from './shown-codes';
import { shownFactors, shownRecovery } from './summary';
import { audit, tellOwner } from './tell';
import { isReadable } from './totp-store';

/** Hashing a set takes a good part of a second; nobody needs another one before they have read it. */
const CODES_EVERY_S = 60;

/** Second factors of a person: what is set up, codes that are left, browsers that are trusted. */
export async function showFactors(
  visit: Visit,
  fault?: Answered & { readonly text: string },
): Promise<PluginResponse> {
  const { request, context, config, owner, t } = visit;
  const found = await overview(context, owner);
  const shown = shownFactors(found, t);
  const application = shown.find(({ id }) => id === 'totp');
  const isUnreadable = !(await isReadable(context, owner));
  const { trustDays } = config;
  const device = request.device?.id;
  const devices = await listDevices(context, owner, { device, trustDays });
  return page(
    visit,
    'factors',
    'twofactor:title',
    {
      application: application && { ...application, isUnreadable },
      passkeys: shown.filter((one) => one !== application),
      recovery: shownRecovery(found.recovery, t),
      devices: devices.map((device) => ({ ...device, name: deviceText(t, device.name) })),
      methods: config.methods,
      trustDays: config.ask === 'daily' ? trustDays : 0,
      at: {
        totp: context.url('enrol/totp'),
        passkey: context.url('enrol/passkey'),
        remove: context.url('remove'),
        codes: context.url('codes'),
        endCodes: context.url('codes/end'),
        forget: context.url('forget'),
      },
      fault: fault?.text,
    },
    fault,
  );
}

/** Whether the person has to have one today. */
async function isHeldTo({ context, config, owner }: Visit): Promise<boolean> {
  const person = await findPerson(context.db, owner);
  const now = context.clock.now();
  const deadline = deadlineOf(config, person?.requiredSince, now);
  return deadline !== undefined && deadline <= now;
}

/** Takes one way away; the last one stays where the site requires one. */
export async function removeFactor(visit: Visit): Promise<PluginResponse> {
  const { request, context, owner, t } = visit;
  const id = request.body['id'] ?? '';
  const removed = await removeOne(context, owner, { id, isHeld: await isHeldTo(visit) });
  if (removed.kind === 'unknown') return { status: 404 };
  if (removed.kind === 'last') {
    return showFactors(visit, { text: t('twofactor:fault.last'), status: 422 });
  }
  forgetLearned(context, owner);
  const details = removed.what;
  await audit(context, request, 'removed', { user: owner.user, details });
  await tellOwner(context, owner, 'removed', { method: details.method });
  return { redirect: context.url('') };
}

/** New recovery codes in place of the old. */
export async function makeCodes(visit: Visit): Promise<PluginResponse> {
  const { request, context, config, owner, t } = visit;
  if (!(await hasAny(context.db, owner))) return { redirect: context.url('') };
  const turn = { kind: 'codes', everyS: CODES_EVERY_S } as const;
  const waitS = await takeTurn(context, owner, turn);
  if (waitS > 0) {
    return showFactors(visit, { text: t('twofactor:fault.codesAgain'), status: 429, waitS });
  }
  const made = { ...(await newRecovery(config.recoveryCodes)), maker: makerOf(visit) };
  const isKept = await context.db.transaction(async (table) => {
    // The last way may have been taken away while they were hashed, and its codes with it.
    if (!(await hasAny({ table }, owner))) return false;
    await saveRecovery(context, table, owner, made);
    return true;
  });
  if (!isKept) return { redirect: context.url('') };
  await audit(context, request, 'recovery-made', { user: owner.user });
  await tellOwner(context, owner, 'recovery-made');
  return showCodes(visit, made.codes);
}

/** Ends the codes that there are, whoever made them: a factor is left, by which others are made. */
export async function endCodes(visit: Visit): Promise<PluginResponse> {
  const { request, context, owner } = visit;
  await endRecovery(context, request, owner);
  return { redirect: context.url('') };
}

/** One browser, or all, is trusted no more: taking trust away needs no proof. */
export async function forget(visit: Visit): Promise<PluginResponse> {
  const { request, context, owner } = visit;
  const id = request.body['id'] ?? '';
  const count = await forgetDevices(context.db, owner, id === 'all' ? undefined : id);
  if (count > 0)
    await audit(context, request, 'untrusted', { user: owner.user, details: { count } });
  return { redirect: context.url('') };
}
