import { definePlugin, type SiteId } from 'estafette/plugin';
import { sayAbsent } from './absence';
import { bookingsJob } from './booking/mails';
import { bookingRecords, cleanBookings, eraseBookings } from './booking/pages';
import { type CalendarConfig, calendarConfig } from './config';
import { dav } from './dav';
import { BOXES } from './dav/schedule/boxes';
import { eraseImports, forgetImports } from './exchange/imports';
import { importsJob } from './exchange/run';
import { feedRecords } from './feeds/feeds';
import { feedsJob } from './feeds/job';
import { eraseAnswers, forgetAnswers } from './invitation/answers';
import { messagesArrived } from './invitation/arrived';
import { calendarPart } from './invitation/message';
import { invitationCard } from './invitation/page';
import { outgoingJob } from './outgoing/job';
import { eraseOutgoing, forgetOutgoing } from './outgoing/table';
import { nextEvents } from './pages/widget';
import { eraseKnown } from './planning/known';
import { calendarPort } from './port';
import { reminderJob } from './reminders/job';
import { eraseRung, reminderBanner } from './reminders/shown';
import { accountRecords, eraseAccounts } from './remote/accounts';
import { accountsJob } from './remote/job';
import { eraseRooms } from './rooms/erase';
import { routes } from './routes';
import { choicesOf, eraseChoices } from './settings/choices';
import { SETTINGS } from './settings/sections';
import { cleanSite, erasePerson, recordsOf } from './store/people';
import type { Tables } from './store/tables';
import { messageMenu } from './tasks/from-message';

/** Mails that left are remembered so long, and those that never did: a month, as keys of sendings are. */
const KEPT_MS = 30 * 86_400_000;
/** Messages of meetings are opened again months later. */
const ANSWERED_MS = 400 * 86_400_000;

export default definePlugin<CalendarConfig>({
  id: 'calendar',
  api: '^1.0',
  title: 'calendar:title',
  summary: 'calendar:summary',
  needs: ['db', 'directory.read', 'http:configured', 'mail.post', 'mail.read', 'mail.send'],
  config: calendarConfig,
  provides: ['calendar'],
  contributes: {
    dav: { wellKnown: 'caldav', schedule: BOXES, load: async () => ({ dav }) },
    routes: async () => ({ routes }),
    settings: SETTINGS,
    slots: [
      { slot: 'page.banner@1', view: 'reminders', data: reminderBanner },
      {
        slot: 'message.body.before@1',
        view: 'invitation',
        when: ({ as, message }) =>
          as !== undefined && calendarPart(message?.attachments ?? []) !== undefined,
        data: invitationCard,
        timeoutMs: 1_000,
      },
      {
        slot: 'message.menu@1',
        view: 'message-menu',
        when: ({ user, message }) => user !== undefined && message !== undefined,
        data: messageMenu,
      },
      {
        slot: 'dashboard.widgets@1',
        view: 'widget',
        cacheS: 60,
        timeoutMs: 1_000,
        data: nextEvents,
      },
    ],
    taskbar: {
      id: 'calendar',
      icon: 'calendar',
      label: 'calendar:title',
      href: '/calendar',
      order: 30,
    },
    assets: [
      {
        styles: [
          'booking.css',
          'calendar.css',
          'exchange.css',
          'files.css',
          'finding.css',
          'people.css',
          'planning.css',
          'share.css',
          'tasks.css',
        ],
        scripts: ['calendar.js', 'move.js'],
        on: ['calendar'],
      },
      { styles: ['invitation.css'], on: ['calendar', 'mail'] },
    ],
    jobs: [
      reminderJob,
      {
        id: 'cleaning',
        every: '1d',
        perSite: true,
        timeoutS: 120,
        async run(context, at) {
          const site = at.site as SiteId; // the job is declared `perSite`
          const { trashDays, bookingDays } = context.config(site);
          const now = context.clock.now();
          const removed = await cleanSite((name) => context.db.table(name), {
            site,
            now,
            trashDays,
          });
          await forgetOutgoing((name) => context.db.table(name), site, now - KEPT_MS);
          await forgetImports(context.db, site, now);
          await forgetAnswers((name) => context.db.table(name), site, now - ANSWERED_MS);
          await cleanBookings((name) => context.db.table(name), site, { now, days: bookingDays });
          context.log.info({ site, removed }, 'calendar/cleaned');
        },
      },
      accountsJob,
      bookingsJob,
      feedsJob,
      importsJob,
      outgoingJob,
    ],
  },
  activate(context) {
    context.services.provide('calendar', calendarPort(context));
    context.hooks.on('directory:entry', (records, _context, { site }) =>
      sayAbsent(context, site, records),
    );
    context.hooks.on('mail:arrived', (batch, scope) => messagesArrived(context, batch, scope));
    context.hooks.on('user:erased', async ({ user, db }) => {
      await eraseAccounts((name) => db.table(name), user.id);
      await eraseBookings((name) => db.table(name), user.id);
      await eraseRooms((name) => db.table(name), user, context.clock.now());
      await erasePerson((name) => db.table(name), user);
      await eraseImports((name) => db.table(name), user.id);
      await eraseRung((name) => db.table(name), user);
      await eraseOutgoing((name) => db.table(name), user.id);
      await eraseAnswers((name) => db.table(name), user.id);
      await eraseKnown((name) => db.table(name), user);
      await eraseChoices((name) => db.table(name), user);
    });
    context.hooks.on('user:records', async ({ user }) => {
      const read: Tables = (name) => context.db.table(name);
      const records = await recordsOf(read, user);
      const accounts = await accountRecords(read, user);
      const bookings = await bookingRecords(read, { site: user.site, user: user.id });
      const feeds = await feedRecords(read, user);
      const choices = await choicesOf(read, { site: user.site, user: user.id });
      return [
        ...records.map(({ title, objects }, index) => ({
          file: `calendar-${index + 1}.json`,
          content: { title, objects },
        })),
        ...(accounts.length > 0 ? [{ file: 'calendar-accounts.json', content: { accounts } }] : []),
        ...(bookings.length > 0 ? [{ file: 'calendar-bookings.json', content: { bookings } }] : []),
        ...(feeds.length > 0 ? [{ file: 'calendar-feeds.json', content: { feeds } }] : []),
        ...(choices.length > 0 ? [{ file: 'calendar-choices.json', content: { choices } }] : []),
      ];
    });
  },
});
