import { definePlugin, type SiteId } from 'estafette/plugin';
import { additionFor } from './addition';
import { type ContactsConfig, contactsConfig } from './config';
import { dav } from './dav';
import { eraseImports, forgetImports } from './exchange/imports';
import { importsJob } from './exchange/job';
import { knownAddresses, personOf, photosOf, searchContacts } from './known';
import { accountsJob } from './remote';
import { accountRecords, eraseAccounts } from './remote/kept';
import { routes } from './routes';
import { createStore } from './store';
import { cleanSite, erasePerson, recordsOf } from './store/people';
import { membersFor, suggestContacts } from './suggest';

export default definePlugin<ContactsConfig>({
  id: 'contacts',
  api: '^1.0',
  title: 'contacts:title',
  summary: 'contacts:summary',
  needs: ['audit', 'correspondents', 'db', 'directory.read', 'http:configured', 'notice'],
  config: contactsConfig,
  contributes: {
    dav: { wellKnown: 'carddav', load: async () => ({ dav }) },
    routes: async () => ({ routes }),
    taskbar: {
      id: 'contacts',
      icon: 'users',
      label: 'contacts:title',
      href: '/contacts',
      order: 35,
    },
    assets: { styles: ['contacts.css'], on: ['contacts', 'mail'] },
    slots: [
      {
        slot: 'address.menu@1',
        view: 'address',
        when: ({ user }) => user !== undefined,
        data: knownAddresses,
      },
    ],
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
          await forgetImports(context.db, site, context.clock.now());
          context.log.info({ site, removed }, 'contacts/cleaned');
        },
      },
      importsJob,
      accountsJob,
    ],
  },
  activate(context) {
    context.hooks.on('contact:suggestions', async ({ query, limit, only, user }, { site }) =>
      suggestContacts(context, await personOf(context, site, user), { query, limit, only }),
    );
    context.hooks.on('contact:expand', async (asked, { site }) =>
      membersFor(context, await personOf(context, site, asked.user), asked),
    );
    context.hooks.on('contact:addition', async ({ people, user }, { site }) =>
      additionFor(context, await personOf(context, site, user), people),
    );
    context.hooks.on('search:results', ({ query, limit, user, locale }, { site }) =>
      searchContacts(
        context,
        { site, user: user.id, mail: user.mail },
        {
          query,
          limit,
          group: context.text(locale)('contacts:search.group'),
          nameless: context.text(locale)('contacts:list.nameless'),
        },
      ),
    );
    context.hooks.on('avatar:resolve', async ({ addresses }, { site, as }) =>
      as ? photosOf(context, await personOf(context, site, as.user), addresses) : undefined,
    );
    // Their address is known from here on: what others share with it is suggested from the first day.
    context.hooks.on('session:opened', async ({ session: { site, user } }) => {
      await createStore(context).books({ site, user: user.id, mail: user.mail });
    });
    context.hooks.on('user:erased', async ({ user, db }) => {
      await eraseImports(db, user.id);
      await eraseAccounts((name) => db.table(name), user.id);
      await erasePerson((name) => db.table(name), user);
    });
    context.hooks.on('user:records', async ({ user }) => {
      const { cards, books } = await recordsOf((name) => context.db.table(name), user);
      const accounts = await accountRecords((name) => context.db.table(name), user);
      return [
        { file: 'books.json', content: books },
        { file: 'contacts.vcf', content: cards.join('') },
        ...(accounts.length > 0 ? [{ file: 'accounts.json', content: accounts }] : []),
      ];
    });
  },
});
