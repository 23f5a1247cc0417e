import { definePlugin, type SiteId } from 'estafette/plugin';
import { type ContactsConfig, contactsConfig } from './config';
import { cleanSite, erasePerson, recordsOf } from './store/people';

export default definePlugin<ContactsConfig>({
  id: 'contacts',
  api: '^1.0',
  title: 'contacts:title',
  summary: 'contacts:summary',
  needs: ['db'],
  config: contactsConfig,
  contributes: {
    jobs: [
      {
        id: 'cleaning',
        every: '1d',
        perSite: true,
        timeoutS: 120,
        async run(context, at) {
          const site = at.site as SiteId; // the job is declared `perSite`
          const { trashDays } = context.config(site);
          const removed = await cleanSite((name) => context.db.table(name), {
            site,
            now: context.clock.now(),
            trashDays,
          });
          context.log.info({ site, removed }, 'contacts/cleaned');
        },
      },
    ],
  },
  activate(context) {
    context.hooks.on('user:erased', ({ user, db }) => erasePerson((name) => db.table(name), user));
    context.hooks.on('user:records', async ({ user }) => {
      const { cards, books } = await recordsOf((name) => context.db.table(name), user);
      return [
        { file: 'books.json', content: books },
        { file: 'contacts.vcf', content: cards.join('') },
      ];
    });
  },
});
