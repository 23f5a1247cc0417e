import type { PluginResponse } from 'estafette/plugin';
import { toString as drawQr } from 'qrcode';
import { type Answered, addedFrom, makerOf, nextOf, page, type Visit, withNext } from './answers';
import type { FactorConfig } from './config';
import { forgetDevices } from './devices';
import { beginAttempt } from './limits';
import { hasAny, type Table } from './owner';
import { passRemembered } from './passing';
import { addPasskey, listPasskeys, PASSKEYS_MAX } from './passkey-store';
import { countRecovery, newRecovery, saveRecovery } from './recovery';
import { showCodes } from './shown-codes';
import { makeSlip, readSlip, spendSlip } from './spent';
import { audit, tellOwner } from './tell';
import { inGroups, matchStep, newTotpSecret, otpauthUri } from './totp';
import { findTotp, saveTotp } from './totp-store';
import { askToRegister, ceremonyOf, passkeyName, readRegistration } from './webauthn';

/** What a page of enrolment may do, and where it leads. */
type Way = FactorConfig['methods'][number];

/**
 * A session that still awaits its challenge may set up the first factor, never another one: whoever
 * knows the password alone would add theirs, and pass by it.
 */
async function closedTo({ context, config, owner, isOpen }: Visit, way?: Way): Promise<boolean> {
  if (way !== undefined && !config.methods.includes(way)) return true;
  return !isOpen && (await hasAny(context.db, owner));
}

const toChallenge = (visit: Visit): PluginResponse => ({ redirect: withNext(visit, 'challenge') });

/** Which way to choose; at sign-in, this is the page that stands before the mailbox. */
export async function showEnrol(visit: Visit): Promise<PluginResponse> {
  const { context, config, isOpen } = visit;
  if (await closedTo(visit)) return toChallenge(visit);
  if (!(await mayEnrolHere(visit))) return elsewhere(visit);
  return page(visit, 'enrol', 'twofactor:enrol.title', {
    isOpen,
    ways: config.methods.map((way) => ({ id: way, href: withNext(visit, `enrol/${way}`) })),
    back: context.url(''),
  });
}

const elsewhere = (visit: Visit): PluginResponse =>
  page(visit, 'elsewhere', 'twofactor:enrol.title', { isOpen: visit.isOpen }, { status: 403 });

/**
 * The first factor, from where the site allows it. An open session is no proof by itself: before a
 * factor is required, the password alone opens one.
 */
async function mayEnrolHere({ context, config, owner, isOpen, request }: Visit): Promise<boolean> {
  if (config.enrolOutside) return true;
  const { site, remote } = request;
  if (context.networkSide(site, remote) === 'inside') return true;
  return isOpen && (await hasAny(context.db, owner));
}

/** What is set up is no longer shown: the page of a secret ends with the one that it replaces. */
async function totpBound({ context, owner, request }: Visit): Promise<string> {
  const before = await findTotp(context.db, owner);
  const words = [owner.site, owner.user, request.session ?? '', before?.createdAt ?? 'first'];
  return `enrol totp ${words.join(' ')}`;
}

/**
 * A secret of which nothing is kept until a code proves that it has arrived. It is in the address,
 * sealed: a telephone that dropped the page while its application was open asks for the same one.
 */
export async function showTotp(
  visit: Visit,
  fault?: Answered & { readonly text: string; readonly secret: string },
): Promise<PluginResponse> {
  const { request, context, owner, person, isOpen } = visit;
  if (await closedTo(visit, 'totp')) return toChallenge(visit);
  if (!(await mayEnrolHere(visit))) return elsewhere(visit);
  const boundTo = await totpBound(visit);
  const secret = fault?.secret ?? readSlip(context, request.query['slip'] ?? '', boundTo);
  if (secret === undefined) {
    const slip = makeSlip(context, newTotpSecret(), boundTo);
    return { redirect: withNext(visit, 'enrol/totp', { slip }) };
  }
  const { title } = context.site(request.site);
  const uri = otpauthUri(secret, title, person.mail);
  const svg = await drawQr(uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 2 });
  return page(
    visit,
    'totp',
    'twofactor:totp.title',
    {
      isOpen,
      isAgain: (await findTotp(context.db, owner)) !== undefined,
      picture: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
      secret: inGroups(secret),
      uri,
      slip: makeSlip(context, secret, boundTo),
      action: context.url('enrol/totp'),
      next: isOpen ? undefined : nextOf(request),
      back: isOpen ? context.url('') : withNext(visit, 'challenge'),
      fault,
    },
    fault,
  );
}

/** The code that the application shows for the secret of the page. */
export async function enrolTotp(visit: Visit): Promise<PluginResponse> {
  const { request, context, owner, isOpen, t } = visit;
  if (await closedTo(visit, 'totp')) return toChallenge(visit);
  if (!(await mayEnrolHere(visit))) return { status: 403 };
  const secret = readSlip(context, request.body['slip'] ?? '', await totpBound(visit));
  // The page stood open too long, or belongs to another session: a new secret.
  if (secret === undefined) return { redirect: withNext(visit, 'enrol/totp') };
  const attempt = await beginAttempt(context, owner, 'enrol');
  if (attempt.kind === 'blocked') {
    const text = t('twofactor:fault.wait', { count: Math.ceil(attempt.waitS / 60) });
    return showTotp(visit, { text, secret, status: 429, waitS: attempt.waitS });
  }
  const step = matchStep(secret, (request.body['code'] ?? '').slice(0, 64), context.clock.now());
  if (step === undefined) {
    return showTotp(visit, { text: t('twofactor:fault.enrolCode'), secret, status: 422 });
  }
  await attempt.right();
  if (!(await spendSlip(context, secret))) return { redirect: withNext(visit, 'enrol/totp') };
  const added = { secret, step, isFirst: !isOpen, addedFrom: addedFrom(visit) };
  const codes = await keep(visit, async (table) => {
    // The telephone before may be lost, and a browser that was trusted.
    if (await findTotp({ table }, owner)) await forgetDevices({ table }, owner);
    return saveTotp(context, table, owner, added);
  });
  return codes ? enrolled(visit, { method: 'totp' }, codes) : toChallenge(visit);
}

/** The page where the browser makes a passkey. */
export async function showPasskey(
  visit: Visit,
  fault?: Answered & { readonly text: string; readonly name: string },
): Promise<PluginResponse> {
  const { request, context, config, owner, person, isOpen } = visit;
  if (await closedTo(visit, 'passkey')) return toChallenge(visit);
  if (!(await mayEnrolHere(visit))) return elsewhere(visit);
  const ceremony = ceremonyOf(request, owner.user, config.rpId);
  const { title } = context.site(request.site);
  const known = await listPasskeys(context.db, owner);
  return page(
    visit,
    'passkey',
    'twofactor:passkey.title',
    {
      isOpen,
      isFull: known.length >= PASSKEYS_MAX,
      ask: askToRegister(context, ceremony, { person: { ...person, site: title }, known }),
      action: context.url('enrol/passkey'),
      next: isOpen ? undefined : nextOf(request),
      hasTotp: config.methods.includes('totp'),
      totp: withNext(visit, 'enrol/totp'),
      back: isOpen ? context.url('') : withNext(visit, 'challenge'),
      fault,
    },
    fault,
  );
}

/** What the browser made. */
export async function enrolPasskey(visit: Visit): Promise<PluginResponse> {
  const { request, context, config, owner, t } = visit;
  if (await closedTo(visit, 'passkey')) return toChallenge(visit);
  if (!(await mayEnrolHere(visit))) return { status: 403 };
  // The one button of the form where scripts do not run.
  if (request.body['rather'] === 'totp') return { redirect: withNext(visit, 'enrol/totp') };
  const { slip = '', response = '', name: typed = '' } = request.body;
  const ceremony = ceremonyOf(request, owner.user, config.rpId);
  const made = await readRegistration(context, ceremony, { slip, response });
  const known = await listPasskeys(context.db, owner);
  const name = passkeyName(typed, t('twofactor:passkey.named', { number: known.length + 1 }));
  if ('fault' in made) {
    const details = { method: 'passkey', code: made.fault };
    await audit(context, request, 'refused', { user: owner.user, details });
    return showPasskey(visit, { text: t('twofactor:fault.made'), name: typed, status: 422 });
  }
  const added = { ...made, name, isFirst: !visit.isOpen, addedFrom: addedFrom(visit) };
  const codes = await keep(visit, (table) => addPasskey(context, table, owner, added));
  if (!codes) {
    return showPasskey(visit, { text: t('twofactor:fault.taken'), name: typed, status: 422 });
  }
  return enrolled(visit, { method: 'passkey', name }, codes);
}

/**
 * Keeps a way together with the codes for the day it is lost, or neither of them. The codes to show,
 * none where some are left; `undefined` when the way is not kept.
 */
async function keep(
  { request, context, config, owner }: Visit,
  save: (table: Table) => Promise<boolean>,
): Promise<readonly string[] | undefined> {
  const hasCodes = async (db: Parameters<typeof countRecovery>[0]) =>
    (await countRecovery(db, owner)).left > 0;
  const made = (await hasCodes(context.db)) ? undefined : await newRecovery(config.recoveryCodes);
  return context.db.transaction(async (table) => {
    if (!(await save(table))) return undefined;
    // Another way that was set up at the same moment brought its own.
    if (!made || (await hasCodes({ table }))) return [];
    await saveRecovery(context, table, owner, { ...made, maker: makerOf({ request }) });
    return made.codes;
  });
}

/**
 * A way is set up: told, the codes for the day it is lost are shown, and a sign-in under way goes on.
 * They are shown whatever becomes of that: who is not let through now gives a code for it.
 */
async function enrolled(
  visit: Visit,
  details: { readonly method: Way; readonly name?: string },
  codes: readonly string[],
): Promise<PluginResponse> {
  const { request, context, owner, isOpen } = visit;
  try {
    await audit(context, request, 'enrolled', { user: owner.user, details });
    await tellOwner(context, owner, 'enrolled', { method: details.method });
    if (!isOpen) await passRemembered(visit, false);
  } catch (err) {
    context.log.error({ err, ...owner }, 'twofactor/enrolled-alone');
  }
  if (codes.length === 0) return { redirect: isOpen ? context.url('') : nextOf(request) };
  return showCodes(visit, codes);
}
