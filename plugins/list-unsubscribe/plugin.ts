import { definePlugin, type PluginContext, type SiteId, type SlotFacts } from 'estafette/plugin';
import { type UnsubscribeConfig, unsubscribeConfig } from './config';
import { findList, queryOf } from './found';
import { eraseRequests, lastRequest, removeRequests } from './requests';
import { routes } from './routes';

const DAY_MS = 86_400_000;

async function buttonOf(
  { site, user, as, groups, message }: SlotFacts,
  context: PluginContext<UnsubscribeConfig>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!user || !as || !message) return undefined;
  const found = await findList(context, as, { site: site.id, groups }, message);
  if (!found) return undefined;
  const last = await lastRequest(context.db, { site: site.id, user: user.id }, found.list);
  return {
    href: `${context.url('question')}?${queryOf(message)}`,
    askedAt: last?.askedAt ?? '',
  };
}

export default definePlugin<UnsubscribeConfig>({
  id: 'list-unsubscribe',
  api: '^1.0',
  title: 'list-unsubscribe:title',
  summary: 'list-unsubscribe:summary',
  needs: ['audit', 'db', 'http:public', 'mail.read', 'mail.send'],
  config: unsubscribeConfig,
  contributes: {
    slots: [
      {
        slot: 'message.header.links@1',
        view: 'button',
        when: ({ as, user, message }) =>
          as !== undefined && user !== undefined && message !== undefined,
        data: buttonOf,
        timeoutMs: 1_000,
        onFailure: 'hide',
      },
    ],
    assets: { styles: ['list-unsubscribe.css'], on: ['list-unsubscribe', 'mail'] },
    routes: async () => ({ routes }),
    jobs: [
      {
        id: 'cleaning',
        every: '1d',
        perSite: true,
        timeoutS: 60,
        async run(context, at) {
          const site = at.site as SiteId; // the job is declared `perSite`
          const { keepDays } = context.config(site);
          const before = new Date(context.clock.now() - keepDays * DAY_MS);
          const removed = await removeRequests(context.db, { site, before });
          context.log.info({ site, removed }, 'list-unsubscribe/cleaned');
        },
      },
    ],
  },
  activate(context) {
    context.hooks.on('user:erased', ({ user, db }) => eraseRequests(db, user.id));
  },
});
