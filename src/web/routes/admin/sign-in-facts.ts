import { viaOf } from '../../../session';
import type { Site } from '../../../sites';
import type { AdminCell, AdminFact } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, code, codes, fact } from './cells';

/** How people come in, as the files of the site say it; nothing is changed here. */
export function signInFacts(call: AdminCall, site: Site): readonly AdminFact[] {
  const { t } = call.ctx;
  const months = site.audit?.months;
  return [
    fact(t('admin.waysIn.ways'), ...wayCells(call, site)),
    fact(t('admin.waysIn.eligible'), ...eligibleCells(call, site)),
    fact(t('admin.waysIn.lock'), cell(lockText(call, site))),
    fact(t('admin.waysIn.networks'), ...networkCells(call, site)),
    fact(
      t('admin.waysIn.log'),
      ...(months === undefined ? [] : [cell(t('admin.waysIn.months', { count: months }))]),
    ),
  ];
}

/** In the order of the sign-in page: those of the file, the form, the others. */
function wayCells({ ctx, deps }: AdminCall, site: Site): readonly AdminCell[] {
  const { order = [], form = 'shown' } = site.signIn;
  const methods = deps.signIn.methods({ site: site.id }, ctx.locale);
  const buttons = new Map(methods.map((way) => [viaOf(way), way.label]));
  const names = [...new Set([...order, 'form', ...buttons.keys()])];
  return names.flatMap((name): readonly AdminCell[] => {
    if (name === 'form') return [cell(ctx.t('admin.waysIn.form'), ctx.t(`admin.waysIn.${form}`))];
    const label = buttons.get(name);
    // What the file names and no plugin makes was told at the start.
    return label === undefined ? [] : [cell(label, name)];
  });
}

function eligibleCells({ ctx }: AdminCall, { signIn }: Site): readonly AdminCell[] {
  const { branches, groups } = signIn.eligible ?? { branches: [], groups: [] };
  const named = [
    ...branches.map(code),
    ...groups.map((id) => cell(ctx.t('admin.waysIn.group', { id }))),
  ];
  return named.length > 0 ? named : [cell(ctx.t('admin.waysIn.everybody'))];
}

function lockText({ ctx }: AdminCall, { protection }: Site): string {
  const { lockAfter = 0, lockMinutes = 0 } = protection ?? {};
  if (lockAfter === 0) return ctx.t('admin.waysIn.neverLocked');
  return ctx.t('admin.waysIn.locked', { count: lockAfter, minutes: lockMinutes });
}

function networkCells({ ctx }: AdminCall, { protection }: Site): readonly AdminCell[] {
  const networks = protection?.networks;
  if (!networks) return [cell(ctx.t('admin.waysIn.anywhere'))];
  return [...codes(networks.inside), cell(ctx.t(`admin.waysIn.outside.${networks.outside}`))];
}
