import { afterEach, expect, it } from '@jest/globals'; // @template
import { createPluginTest, type PluginTest } from 'estafette/plugin/testing';
// @if job & table
import { addNote } from '../notes';
// @end
import plugin from '../plugin';

let test: PluginTest;
const start = async (): Promise<void> => {
  test = await createPluginTest({ plugin });
};
afterEach(() => test.stop());

it('starts', async () => {
  await start();

  expect(test.state()).toMatchObject({ state: 'active', sites: ['test'] });
});
// @if page & !table

it('greets on its page', async () => {
  await start();

  expect(await test.renderRoute('/')).toContain('Camille Durand');
});
// @end
// @if page & table

it('keeps what a form sent and shows it, escaped', async () => {
  await start();

  await test.route('post', '/notes', { body: { text: '<b>important</b>' } });
  const page = await test.renderRoute('/');

  expect(page).toContain('&lt;b&gt;important');
});
// @end
// @if slot

it('tells where a message comes from', async () => {
  await start();
  const message = { from: { name: 'Paul', mail: 'paul@elsewhere.example' } };

  const shown = await test.renderSlot('message.header@1', { message: { ...MESSAGE, ...message } });

  expect(shown).toContain('elsewhere.example');
});
// @end
// @if slot & settings

it('says nothing to those who turned it off', async () => {
  await start();
  await test.setUserSetting('shown', false);

  expect(await test.renderSlot('message.header@1', { message: MESSAGE })).toBe('');
});
// @end
// @if settings & !slot

it('lets people choose', async () => {
  await start();
  await test.setUserSetting('shown', false);

  expect(await test.settings()).toEqual({ shown: false });
});
// @end
// @if hook

it('handles a message that left', async () => {
  await start();

  await test.action('message:sent', {
    messageId: '<1@test.example>',
    envelope: { from: 'camille@test.example', to: ['paul@test.example'] },
    user: test.user.id,
  });

  expect(test.failures()).toEqual([]);
  // @if hook & table
  expect(await test.db.table('sample_plugin_notes').select()).toHaveLength(1);
  // @end
});
// @end
// @if job & !table

it('runs its job', async () => {
  await start();

  await expect(test.runJob('cleaning')).resolves.toBeUndefined();
});
// @end
// @if job & table

it('removes old notes, and no other', async () => {
  await start();
  const add = async (text: string, ageDays: number): Promise<void> => {
    const at = new Date(test.clock.now() - ageDays * 86_400_000);
    await addNote(test.db, { site: test.site, user: test.user.id, text, at });
  };
  await add('old', 31);
  await add('recent', 29);

  await test.runJob('cleaning');

  const left = await test.db.table('sample_plugin_notes').select('text');
  expect(left).toEqual([{ text: 'recent' }]);
});
// @end
// @if slot

const MESSAGE = {
  account: 'me',
  mailbox: 'INBOX',
  uidValidity: 1,
  uid: 1,
  subject: 'Réunion',
  from: { name: 'Paul', mail: 'paul@test.example' },
  attachments: [],
};
// @end
