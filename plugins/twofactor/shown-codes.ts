import { randomUUID } from 'node:crypto';
import type { PluginResponse } from 'estafette/plugin';
import { leadTo, nextOf, page, type Visit } from './answers';
import { countRecovery } from './recovery';
import { makeSlip, readSlip, spendSlip } from './spent';
import { shownRecovery } from './summary';

const boundTo = ({ owner }: Visit): string => `codes ${owner.site} ${owner.user}`;

/**
 * Leads to the page that shows them, which is no answer to a form: one that is loaded again would
 * send the form again. They are in its address, sealed, for one look; hashes are what is kept.
 */
export function showCodes(visit: Visit, codes: readonly string[]): PluginResponse {
  const { context, request, isOpen } = visit;
  // Its first word is what is spent: no code leaves the seal.
  const slip = makeSlip(context, [randomUUID(), ...codes].join(' '), boundTo(visit));
  const onward = isOpen ? context.url('') : nextOf(request);
  return { redirect: leadTo(context.url('codes/shown'), { slip }, onward) };
}

/** The codes, once; then that they were shown, and how to have others. */
export async function codesPage(visit: Visit): Promise<PluginResponse> {
  const { context, request, owner, person, isOpen, t } = visit;
  const onward = nextOf(request);
  const slip = readSlip(context, request.query['slip'] ?? '', boundTo(visit));
  const [id, ...codes] = slip?.split(' ') ?? [];
  if (id === undefined || !(await spendSlip(context, id))) {
    const recovery = shownRecovery(await countRecovery(context.db, owner), t);
    return page(visit, 'codes-again', 'twofactor:codes.title', {
      recovery,
      // Who is not let in yet gives one of them, and makes none.
      action: isOpen ? context.url('codes') : undefined,
      onward: isOpen ? onward : leadTo(context.url('challenge'), {}, onward),
    });
  }
  const { title } = context.site(request.site);
  const text = [title, person.mail, ...codes, ''].join('\r\n');
  return page(visit, 'codes', 'twofactor:codes.title', {
    codes,
    file: `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`,
    onward,
  });
}

/** After a sign-in by a recovery code: how many are left, and the way to replace what was lost. */
export async function recoveredPage(visit: Visit): Promise<PluginResponse> {
  const { context, request, owner, t } = visit;
  return page(visit, 'recovered', 'twofactor:recovered.title', {
    recovery: shownRecovery(await countRecovery(context.db, owner), t),
    factors: context.url(''),
    onward: nextOf(request),
  });
}
