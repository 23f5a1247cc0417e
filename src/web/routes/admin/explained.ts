import type { LayerSay, PluginExplanation } from '../../../enabling';
import type { AdminCell, AdminTable } from '../../pages/admin';
import type { AdminCall } from './access';
import { cell, code, DASH, marked } from './cells';
import { timeText, valueCell } from './words';

/** The layers of an explanation, lowest first; the one that wins says so. */
export function layerTable(call: AdminCall, { path, layers }: PluginExplanation): AdminTable {
  const { t } = call.ctx;
  const winner = layers.filter(({ ignored }) => !ignored).at(-1);
  return {
    id: 'layers',
    caption: t('admin.explain.caption', { path }),
    columns: [
      { label: t('admin.column.layer') },
      { label: t('admin.column.value') },
      { label: t('admin.column.saidBy') },
      { label: t('admin.column.effect') },
    ],
    rows: layers.map((say) => [
      layerCell(call, say),
      valueCell(call, path, say.value),
      whoCell(call, say),
      effectCell(call, say, say === winner),
    ]),
    empty: t('admin.explain.nothing'),
    help: t('admin.explain.help'),
  };
}

function layerCell({ ctx, sites }: AdminCall, { layer, group }: LayerSay): AdminCell {
  const name = ctx.t(`admin.layer.${layer}`);
  if (group === undefined) return cell(name);
  const titles = sites.flatMap(({ groups }) => groups.filter(({ id }) => id === group));
  return cell(name, titles[0]?.title ?? group);
}

/** File and line, or administrator and date. */
export function whoCell(call: AdminCall, { file, line, author, at, layer }: LayerSay): AdminCell {
  const { t } = call.ctx;
  if (author !== undefined) return cell(author, at === undefined ? undefined : timeText(call, at));
  if (file !== undefined) return code(line === undefined ? file : `${file}:${line}`);
  if (layer === 'user') return cell(t('admin.explain.byAgent'));
  return layer === 'default' ? cell(t('admin.explain.bySchema')) : DASH;
}

function effectCell({ ctx }: AdminCall, { ignored }: LayerSay, isWinner: boolean): AdminCell {
  const { t } = ctx;
  if (ignored === 'locked') return marked('warn', t('admin.explain.ignoredLocked'));
  if (ignored === 'not-offered') return marked('warn', t('admin.explain.ignoredChoice'));
  return isWinner ? marked('ok', t('admin.explain.wins')) : cell(t('admin.explain.covered'));
}

/** Why the value in force is not what the layers say. */
export function becauseText(call: AdminCall, { because }: PluginExplanation): string | undefined {
  const { t } = call.ctx;
  switch (because?.kind) {
    case undefined:
      return undefined;
    case 'not-installed':
      return t('admin.explain.notInstalled');
    case 'requires':
      return t('admin.explain.requires', { plugins: because.plugins.join(', ') });
    case 'invalid': {
      const faults = because.faults.map(
        ({ path, message, file, line }) =>
          `${path}: ${message}${file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`}`,
      );
      return t('admin.explain.invalid', { faults: faults.join(' ; ') });
    }
  }
}

/** Who keeps a path from administrators. */
export function lockText(call: AdminCall, { locked }: PluginExplanation): string | undefined {
  if (!locked) return undefined;
  const { file = '', line } = locked.place ?? {};
  const place = line === undefined ? file : `${file}:${line}`;
  return call.ctx.t('admin.explain.locked', { path: locked.path, place });
}
