import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PluginDefinition } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';

/**
 * A plugin as most of them are on the page of a list: looks at the rows in one batch, at the folders,
 * shows a line in the page with a model of its own, and reads its configuration.
 */
export function typicalPlugin(number: number, dir: string): FoundPlugin {
  const id = `bench-${number}`;
  const own = path.join(dir, id);
  mkdirSync(path.join(own, 'views'), { recursive: true });
  writeFileSync(
    path.join(own, 'views', 'note.ejs'),
    `<p class="hint"><%= t('${id}:title') %> <%= number(model.total) %></p>`,
  );
  const definition: PluginDefinition = {
    id,
    api: '^1.0',
    title: `${id}:title`,
    contributes: {
      slots: [
        {
          slot: 'page.footer@1',
          view: 'note',
          when: ({ user }) => user !== undefined,
          data: ({ mailbox }) => ({ total: mailbox?.total ?? 0 }),
        },
      ],
    },
    activate({ hooks, config }) {
      hooks.on('message:list', (list, _context, { site }) => {
        config(site);
        let unread = 0;
        for (const { isSeen } of list) if (!isSeen) unread += 1;
        return unread > list.length ? [] : undefined;
      });
      hooks.on('mailbox:list', async (mailboxes) => {
        await Promise.resolve();
        return mailboxes.length === 0 ? [] : undefined;
      });
    },
  };
  const locales = { fr: { title: `Module ${number}` }, en: { title: `Module ${number}` } };
  return { id, version: '1.0.0', dir: own, definition, migrations: [], locales };
}
