import { definePlugin } from 'estafette/plugin';
import { type AnnuaireConfig, annuaireConfig } from './config';
import { membersFor } from './lists';
import { peopleFor } from './people';
import { routes } from './routes';
import { avatarsOf, classesOf, senderOf } from './sender';
import { resultsFor, suggestionsFor } from './suggestions';

export default definePlugin<AnnuaireConfig>({
  id: 'annuaire',
  api: '^1.0',
  title: 'annuaire:title',
  summary: 'annuaire:summary',
  needs: ['directory.read', 'directory.write', 'audit'],
  config: annuaireConfig,
  contributes: {
    routes: async () => ({ routes }),
    taskbar: {
      id: 'annuaire',
      icon: 'organisation',
      label: 'annuaire:title',
      href: '/annuaire',
      order: 40,
    },
    slots: [
      {
        slot: 'message.sidebar@1',
        view: 'sender',
        when: ({ as, message }) => as !== undefined && message?.from !== undefined,
        data: senderOf,
        timeoutMs: 1_000,
        onFailure: 'hide',
      },
    ],
    assets: { styles: ['annuaire.css'], on: ['annuaire', 'mail'] },
  },
  activate(context) {
    context.hooks.on('contact:suggestions', ({ query, limit, only }, scope) =>
      suggestionsFor(context, scope, { query, limit, only }),
    );
    context.hooks.on('contact:facts', ({ mails }, scope) => peopleFor(context, scope, mails));
    context.hooks.on('contact:expand', (asked, scope) => membersFor(context, scope, asked));
    context.hooks.on('recipient:classes', ({ addresses, locale }, scope) =>
      classesOf(context, scope, { addresses, label: context.text(locale) }),
    );
    context.hooks.on('avatar:resolve', ({ addresses }, scope) =>
      avatarsOf(context, scope, addresses),
    );
    context.hooks.on('search:results', ({ query, limit, locale }, scope) =>
      resultsFor(context, scope, { query, limit, group: context.text(locale)('annuaire:title') }),
    );
  },
});
