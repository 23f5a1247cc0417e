import type { AdminCell, AdminTable } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, code, DASH, marked } from './cells';
import { formatsOf, msText } from './words';

/** What a plugin has cost by hook, slot, route and job since the process started, and its breakers. */
export function costTable(call: AdminCall, plugin: string): AdminTable {
  const { deps, ctx } = call;
  const { t } = ctx;
  const { number } = formatsOf(call);
  const breakers = deps.hooks.isolator.breakers(plugin);
  const stats = deps.admin.costs().find((candidate) => candidate.plugin === plugin);
  const bad = (count: number): AdminCell =>
    count === 0 ? cell('0') : marked('warn', number(count));
  return {
    id: 'cost-table',
    caption: t('admin.plugin.costsCaption'),
    columns: [
      { label: t('admin.column.hook') },
      { label: t('admin.column.breaker') },
      { label: t('admin.column.calls'), isNumber: true },
      { label: t('admin.column.p50'), isNumber: true },
      { label: t('admin.column.p95'), isNumber: true },
      { label: t('admin.column.sync'), isNumber: true },
      { label: t('admin.column.blocked'), isNumber: true },
      { label: t('admin.column.errors'), isNumber: true },
      { label: t('admin.column.timeouts'), isNumber: true },
      { label: t('admin.column.skips'), isNumber: true },
    ],
    rows: (stats?.hooks ?? []).map((hook) => [
      code(hook.hook),
      breakerCell(call, breakers.get(hook.hook)),
      cell(number(hook.calls)),
      cell(msText(call, hook.p50Ms)),
      cell(msText(call, hook.p95Ms)),
      cell(msText(call, hook.calls === 0 ? 0 : hook.syncMs / hook.calls)),
      hook.blockedMs === 0 ? cell('0') : marked('warn', msText(call, hook.blockedMs)),
      bad(hook.errors),
      bad(hook.timeouts),
      bad(hook.skips),
    ]),
    empty: t('admin.plugin.noCosts'),
    help: t('admin.plugin.costsHelp'),
  };
}

function breakerCell(
  { ctx }: AdminCall,
  state: 'closed' | 'open' | 'half-open' | undefined,
): AdminCell {
  switch (state) {
    case undefined:
      return DASH;
    case 'closed':
      return marked('ok', ctx.t('admin.breaker.closed'));
    case 'half-open':
      return marked('warn', ctx.t('admin.breaker.halfOpen'));
    case 'open':
      return marked('danger', ctx.t('admin.breaker.open'));
  }
}
