import { definePlugin } from 'estafette/plugin';
// @if job
import { clean } from './cleaning';
// @end
import { config } from './config';
// @if table
import { eraseNotes } from './notes';
// @end
// @if page
import { routes } from './routes';
// @end
// @if slot
import { senderOf } from './sender';
// @end
// @if hook
import { noteSent } from './sent';
// @end

// biome-ignore lint/style/noDefaultExport: allowed in plugins/, where this goes. @template
export default definePlugin({
  id: 'sample-plugin',
  api: '^1.0',
  title: 'sample-plugin:title',
  config,
  // @if table
  needs: ['db'],
  // @end
  contributes: {
    // @if page
    routes: async () => ({ routes }),
    taskbar: {
      id: 'sample-plugin',
      icon: 'list',
      label: 'sample-plugin:title',
      href: '/sample-plugin',
      order: 50,
    },
    // @end
    // @if slot
    slots: [
      {
        slot: 'message.header@1',
        view: 'sender',
        when: ({ message }) => message?.from !== undefined,
        data: senderOf,
      },
    ],
    // @end
    // @if settings
    settings: [
      {
        id: 'sample-plugin',
        labelKey: 'sample-plugin:title',
        fields: [
          {
            key: 'shown',
            kind: 'switch',
            labelKey: 'sample-plugin:settings.shown',
            helpKey: 'sample-plugin:settings.help',
            default: true,
          },
        ],
      },
    ],
    // @end
    // @if job
    jobs: [{ id: 'cleaning', every: '1d', perSite: true, timeoutS: 60, run: clean }],
    // @end
  },
  // @if hook | table

  activate(context) {
    // @end
    // @if table
    context.hooks.on('user:erased', ({ user, db }) => eraseNotes(db, user.id));
    // @end
    // @if hook
    // Handlers run only for the sites that have the plugin on: there is nothing to check.
    context.hooks.on('message:sent', (event, { site }) => noteSent(event, site, context));
    // @end
    // @if hook | table
  },
  // @end
});
