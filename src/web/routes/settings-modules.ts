import { choiceKey } from '../../enabling';
import type { SettingSection } from '../../settings';
import type { OpenCall } from '../route';

/** Id of the section where an agent turns plugins on or off. */
export const MODULES = 'modules';

/** Plugins that the site leaves to its agents, in the order of its file. */
const offered = ({ deps, ctx }: OpenCall) => {
  const started = deps.host().all();
  return ctx.site.choices.flatMap((id) => started.find((plugin) => plugin.id === id) ?? []);
};

/** The entry of the menu; none where the site leaves no choice. */
export const modulesEntry = (call: OpenCall): readonly { id: string; labelKey: string }[] =>
  offered(call).length === 0 ? [] : [{ id: MODULES, labelKey: 'settings.modules.title' }];

export interface ModulesPlace {
  readonly section: SettingSection;
  /** Keys of the core scope that hold the choices. */
  readonly prefix: string;
  readonly values: Readonly<Record<string, boolean>>;
  readonly locked: readonly string[];
  /** Who decided, by plugin. */
  readonly lockedTexts: Readonly<Record<string, string>>;
}

/** The section: one switch for each plugin; `undefined` where the site leaves no choice. */
export function modulesPlace(call: OpenCall): ModulesPlace | undefined {
  const { deps, ctx } = call;
  const plugins = offered(call);
  if (plugins.length === 0) return undefined;
  const running = new Set(
    deps
      .host()
      .running(ctx.scope)
      .map(({ id }) => id),
  );
  const choosable = new Set(ctx.choosable);
  const locked = plugins.map(({ id }) => id).filter((id) => !choosable.has(id));
  return {
    section: {
      id: MODULES,
      labelKey: 'settings.modules.title',
      fields: plugins.map(({ id, definition }) => ({
        key: id,
        kind: 'switch',
        labelKey: definition.title,
        ...(definition.summary !== undefined && { helpKey: definition.summary }),
        default: false,
      })),
    },
    prefix: choiceKey(''),
    values: Object.fromEntries(plugins.map(({ id }) => [id, running.has(id)])),
    locked,
    lockedTexts: Object.fromEntries(locked.map((id) => [id, whyLocked(call, id)])),
  };
}

function whyLocked({ deps, ctx }: OpenCall, id: string): string {
  const { groups = [] } = ctx.scope;
  const { locked, layers } = deps.enabling.explainFor({
    site: ctx.site.id,
    groups,
    path: `${id}.enabled`,
  });
  if (layers.some(({ layer }) => layer === 'stop')) return ctx.t('settings.modules.stopped');
  const group = ctx.site.groups.find((candidate) => candidate.id === locked?.group);
  if (group) return ctx.t('settings.modules.lockedByGroup', { group: group.title });
  return locked ? ctx.t('settings.locked') : ctx.t('settings.modules.unavailable');
}
