import type { SiteId } from '../../../base/types';
import type { KnownUser } from '../../../enabling';
import type { Site } from '../../../sites';
import type { AdminConfigurationModel, AdminFilters } from '../../pages/admin';
import { type AdminCall, type AdminRoute, query, siteOf } from './access';
import { changeHref, pluginOf } from './change-links';
import { becauseText, layerTable, lockText } from './explained';
import { historyTable } from './history';
import { sendAdmin } from './page';
import { pathsOf, valueField } from './values';
import { pluginTitle, valueCell } from './words';

const HISTORY_LINES = 10;

interface Asked {
  readonly site: Site;
  readonly person: KnownUser | undefined;
  readonly group: string;
  readonly path: string;
}

async function showConfiguration(call: AdminCall): Promise<void> {
  const { req, ctx } = call;
  const asked = query(req, 'site');
  const site = siteOf(call, asked === '' ? (call.sites[0]?.id ?? '') : asked);
  const name = query(req, 'person', 320);
  const person = name === '' ? undefined : await call.deps.admin.findPerson(site.id, name);
  const isUnknown = name !== '' && !person;
  const path = query(req, 'path', 128);
  const group = site.groups.some(({ id }) => id === query(req, 'group')) ? query(req, 'group') : '';
  const question: Asked = { site, person, group, path };
  const problem = isUnknown
    ? ctx.t('admin.explain.noPerson', { name, site: site.title })
    : strayPath(call, question);
  const isAnswered = path.includes('.') && problem === undefined;
  const model: Omit<AdminConfigurationModel, 'frame'> = {
    filters: filtersOf(call, question, name),
    problem,
    answer: isAnswered ? await answerTo(call, question) : undefined,
    form: isAnswered ? formOf(call, question) : undefined,
  };
  await sendAdmin(call, {
    place: 'configuration',
    view: 'admin/configuration',
    intro: ctx.t('admin.configuration.intro'),
    status: problem === undefined ? 200 : 422,
    model: { ...model },
  });
}

/** A path of no plugin, of which nobody says anything either: there is nothing to explain. */
function strayPath({ deps, ctx }: AdminCall, asked: Asked): string | undefined {
  const { path } = asked;
  const plugin = pluginOf(path);
  if (path === '' || deps.admin.installed.some(({ id }) => id === plugin)) return undefined;
  if (deps.admin.enabling.explainFor({ ...subjectOf(asked), path }).layers.length > 0)
    return undefined;
  return ctx.t('admin.explain.noPlugin', { name: plugin });
}

function filtersOf(call: AdminCall, { site, group, path }: Asked, name: string): AdminFilters {
  const { t } = call.ctx;
  const option = (value: string, label: string, current: string) => ({
    value,
    label,
    isSelected: value === current,
  });
  const reach = call.deps.admin.enabling.reach(site.id);
  const plugins = call.deps.admin.installed.filter(({ id }) => call.isPlatform || reach.has(id));
  const paths = plugins.map(({ id }) => ({
    label: pluginTitle(call, id),
    options: pathsOf(call, id).map((one) => option(one, one, path)),
  }));
  const isListed = paths.some(({ options }) => options.some(({ value }) => value === path));
  return {
    action: '/admin/configuration',
    label: t('admin.configuration.ask'),
    selects: [
      {
        name: 'site',
        label: t('admin.column.site'),
        options: call.sites.map(({ id, title }) => option(id, title, site.id)),
      },
      {
        name: 'path',
        label: t('admin.configuration.path'),
        options: path === '' || isListed ? [] : [option(path, path, path)],
        groups: paths,
      },
      {
        name: 'group',
        label: t('admin.column.group'),
        options: [
          option('', t('admin.configuration.noGroup'), group),
          ...site.groups.map(({ id, title }) => option(id, title, group)),
        ],
      },
    ],
    inputs: [
      {
        name: 'person',
        label: t('admin.configuration.person'),
        value: name,
        help: t('admin.configuration.personHelp'),
      },
    ],
    submit: t('admin.configuration.explain'),
  };
}

/** Whom a question is about: a person, a group, or the site when nobody in particular acts. */
function subjectOf({ site, person, group }: Asked) {
  if (person) return { site: site.id, groups: person.groups, choices: person.choices };
  return { site: site.id, groups: group === '' ? [] : [group] };
}

async function answerTo(call: AdminCall, asked: Asked): Promise<AdminConfigurationModel['answer']> {
  const { enabling } = call.deps.admin;
  const { site, person, path } = asked;
  const explained = enabling.explainFor({ ...subjectOf(asked), path });
  const history = await enabling.history({ site: site.id, path, limit: HISTORY_LINES });
  return {
    path,
    subject: person ? `${person.login}, ${site.title}` : titleOf(asked),
    value: valueCell(call, path, explained.value),
    because: becauseText(call, explained),
    lock: lockText(call, explained),
    layers: layerTable(call, explained),
    history: historyTable(call, history, 'path-history'),
  };
}

const titleOf = ({ site, group }: Asked): string => {
  const found = site.groups.find(({ id }) => id === group);
  return found ? `${found.title}, ${site.title}` : site.title;
};

/** Said for the site or a group of it; a person's own choice is theirs. */
function formOf(call: AdminCall, asked: Asked): AdminConfigurationModel['form'] {
  const { t } = call.ctx;
  const { site, group, path } = asked;
  const groups = group === '' ? [] : [group];
  const explained = call.deps.admin.enabling.explainFor({ site: site.id, groups, path });
  if (explained.locked) return undefined;
  const own = explained.layers.find(
    (say) => say.changeId !== undefined && say.layer !== 'stop' && (say.group ?? '') === group,
  );
  const removal = own && {
    href: changeHref({ site: site.id, path, group: group === '' ? undefined : group }),
    label: t('admin.configuration.takeBack'),
  };
  return {
    action: '/admin/configuration/change',
    site: site.id satisfies SiteId,
    path,
    groups: [
      { value: '', label: t('admin.configuration.wholeSite'), isSelected: group === '' },
      ...site.groups.map(({ id, title }) => ({
        value: id,
        label: title,
        isSelected: id === group,
      })),
    ],
    field: valueField(call, path, explained.value),
    removal,
  };
}

export const configurationRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin/configuration', handle: showConfiguration },
];
