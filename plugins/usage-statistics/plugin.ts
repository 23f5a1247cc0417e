import { definePlugin, type SiteId } from 'estafette/plugin';
import { addDaysTo } from './calendar';
import { today, type UsageConfig, usageConfig } from './config';
import { type Counter, createCounter } from './counter';
import { joinDays, removeDays } from './days';
import { routesWith } from './routes';

/** What each started plugin counts with, for its job and its page. */
const counters = new WeakMap<object, Counter>();
const open = new Set<Counter>();

const isSearch = (criteria: object): boolean =>
  Object.values(criteria).some((value) => value !== undefined && value !== '');

export default definePlugin<UsageConfig>({
  id: 'usage-statistics',
  api: '^1.0',
  title: 'usage-statistics:title',
  summary: 'usage-statistics:summary',
  needs: ['db'],
  config: usageConfig,
  contributes: {
    admin: { label: 'usage-statistics:title', href: '/usage-statistics' },
    settings: [
      {
        id: 'usage-statistics',
        labelKey: 'usage-statistics:title',
        fields: [
          {
            key: 'counted',
            kind: 'switch',
            labelKey: 'usage-statistics:setting.counted',
            helpKey: 'usage-statistics:setting.countedHelp',
            default: true,
          },
        ],
      },
    ],
    assets: { styles: ['usage-statistics.css'], on: ['usage-statistics'] },
    routes: async () => ({ routes: routesWith((context) => counters.get(context)) }),
    jobs: [
      {
        id: 'aggregation',
        every: '1h',
        perSite: true,
        timeoutS: 120,
        async run(context, at) {
          const site = at.site as SiteId; // the job is declared `perSite`
          await counters.get(context)?.write();
          const { keepDays } = context.config(site);
          const day = today(context, { site });
          // Yesterday may still be written to by another process.
          await joinDays(context.db, { site, before: addDaysTo(day, -1) });
          await removeDays(context.db, { site, before: addDaysTo(day, -keepDays) });
        },
      },
    ],
  },

  activate(context) {
    const counter = createCounter(context);
    counters.set(context, counter);
    open.add(counter);

    context.hooks.on('session:opened', ({ session }, scope) =>
      counter.count(scope, 'signIns', session.user.id),
    );
    context.hooks.on('message:read', (_event, scope) =>
      counter.count(scope, 'messagesRead', scope.as?.user),
    );
    context.hooks.on('message:sent', ({ user }, scope) =>
      counter.count(scope, 'messagesSent', user),
    );
    context.hooks.on('message:search', (criteria, _where, scope) => {
      // Counted beside the search, which does not wait.
      if (isSearch(criteria)) void counter.count(scope, 'searches', scope.as?.user);
      return undefined;
    });
    context.hooks.on('settings:saved', ({ owner, user, changes }, scope) => {
      const change = changes.find(({ key }) => key === 'counted');
      if (owner === context.id && change) counter.chose(scope, user.id, change.to !== false);
    });
  },

  async deactivate() {
    const closing = [...open];
    open.clear();
    await Promise.all(closing.map((counter) => counter.close()));
  },
});
