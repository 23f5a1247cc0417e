import { definePlugin, type SiteId } from 'estafette/plugin';
import { type ReminderConfig, reminderConfig } from './config';
import { createFinder, type Finder } from './find-word';
import { writtenText } from './written-text';

export default definePlugin<ReminderConfig>({
  id: 'attachment-reminder',
  api: '^1.0',
  title: 'attachment-reminder:title',
  config: reminderConfig,
  contributes: {
    settings: [
      {
        id: 'attachment-reminder',
        labelKey: 'attachment-reminder:settings.title',
        fields: [
          {
            key: 'enabled',
            kind: 'switch',
            labelKey: 'attachment-reminder:settings.enabled',
            helpKey: 'attachment-reminder:settings.help',
            default: true,
            defaultFrom: 'enabled',
          },
        ],
      },
    ],
    slots: [
      {
        slot: 'compose.attachments.after@1',
        view: 'hint',
        when: ({ draft, user }) => user !== undefined && draft?.attachmentCount === 0,
        async data({ site, user }, context) {
          const { enabled } = user ? await context.settings(site.id, user.id) : {};
          return enabled === true ? { settingsUrl: '/settings/attachment-reminder' } : undefined;
        },
      },
    ],
  },

  activate(context) {
    const finders = new Map<SiteId, Finder>();
    const finderFor = (site: SiteId): Finder => {
      const known = finders.get(site);
      if (known) return known;
      const { words, extraWords } = context.config(site);
      const finder = createFinder([...words, ...extraWords]);
      finders.set(site, finder);
      return finder;
    };

    const announced = (site: SiteId, text: string): string | undefined =>
      finderFor(site)(writtenText(text));

    context.hooks.on('message:sending', async ({ draft, attachments, user }, { site }) => {
      if (attachments.length > 0) return undefined;
      try {
        const word = announced(site, draft.text);
        // The setting last, because it asks the database and most messages announce nothing.
        if (word === undefined || !(await context.settings(site, user.id))['enabled'])
          return undefined;
        return {
          deny: true,
          code: 'missing-attachment',
          message: 'attachment-reminder:confirm',
          values: { word },
          confirm: true,
        };
      } catch (error) {
        // A guard that fails denies; no reminder is worth a message that cannot leave.
        context.log.error({ err: error, site }, 'attachment-reminder/failed');
        return undefined;
      }
    });
  },
});
