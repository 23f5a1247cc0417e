import { definePlugin } from 'estafette/plugin';
import { type ReminderConfig, reminderConfig } from './config';
import { createFinder, type Finder } from './find-word';
import { writtenText } from './written-text';

export default definePlugin<ReminderConfig>({
  id: 'attachment-reminder',
  api: '^1.0',
  title: 'attachment-reminder:title',
  summary: 'attachment-reminder:summary',
  config: reminderConfig,
  contributes: {
    slots: [
      {
        slot: 'compose.attachments.after@1',
        view: 'hint',
        when: ({ draft, user }) => user !== undefined && draft?.attachmentCount === 0,
        // A link to a switch that is not theirs would lead nowhere.
        data: ({ choosable = [] }, { id }) => ({
          settingsUrl: choosable.includes(id) ? '/settings/modules' : '',
        }),
      },
    ],
  },

  activate(context) {
    // The same settings are the same object, for a site or for groups of it.
    const finders = new WeakMap<Readonly<ReminderConfig>, Finder>();
    const finderFor = (config: Readonly<ReminderConfig>): Finder => {
      const known = finders.get(config);
      if (known) return known;
      const finder = createFinder([...config.words, ...config.extraWords]);
      finders.set(config, finder);
      return finder;
    };

    context.hooks.on('message:sending', ({ draft, attachments }, scope) => {
      if (attachments.length > 0) return undefined;
      try {
        const word = finderFor(context.config(scope))(writtenText(draft.text));
        if (word === undefined) return undefined;
        return {
          deny: true,
          code: 'missing-attachment',
          message: 'attachment-reminder:confirm',
          values: { word },
          confirm: true,
        };
      } catch (error) {
        // A guard that fails denies; no reminder is worth a message that cannot leave.
        context.log.error({ err: error, site: scope.site }, 'attachment-reminder/failed');
        return undefined;
      }
    });
  },
});
