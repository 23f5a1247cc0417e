import type { UserId } from '../../../src/base/types';
import { isMuted, type MutedConversation, mutedFrom, setMuted } from '../../../src/settings/muted';
import type { Settings } from '../../../src/settings/types';

const USER = 1 as UserId;

function memory() {
  let values: Readonly<Record<string, unknown>> = {};
  const settings = {
    write: (_user: UserId, _scope: string, given: Readonly<Record<string, unknown>>) => {
      // As a database gives them back.
      values = JSON.parse(JSON.stringify({ ...values, ...given }));
      return Promise.resolve();
    },
  } as Pick<Settings, 'write'> as Settings;
  const muted = (): readonly MutedConversation[] => mutedFrom(values);
  const set = (messageId: string | undefined, references: readonly string[], on = true) =>
    setMuted(settings, USER, { muted: muted() }, { message: { messageId, references }, on });
  return { muted, set };
}

it('knows later answers by the root, or the message that was muted', async () => {
  const { muted, set } = memory();
  expect(await set('<c>', ['<a>', '<b>'])).toBe(true);
  const is = (messageId: string, ...references: string[]) =>
    isMuted({ muted: muted() }, { messageId, references });
  expect(is('<d>', '<a>')).toBe(true);
  expect(is('<d>', '<c>')).toBe(true);
  expect(is('<a>')).toBe(true);
  expect(is('<d>', '<x>')).toBe(false);
  expect(is('<d>')).toBe(false);
});

it('hears a conversation again, from any of its messages', async () => {
  const { muted, set } = memory();
  await set('<a>', []);
  await set('<x>', []);
  await set('<b>', ['<a>'], false);
  expect(muted()).toEqual([{ ids: ['<x>'] }]);
});

it('keeps one of each conversation, and no more than twenty', async () => {
  const { muted, set } = memory();
  await set('<a>', []);
  await set('<b>', ['<a>']);
  expect(muted()).toEqual([{ ids: ['<a>', '<b>'] }]);
  for (let at = 0; at < 20; at++) await set(`<n${at}>`, []);
  expect(muted()).toHaveLength(20);
  expect(muted()[0]).toEqual({ ids: ['<n0>'] });
});

it('keeps two of very many references, the root among them', async () => {
  const { muted, set } = memory();
  await set(
    '<last>',
    Array.from({ length: 50 }, (_, at) => `<r${at}>`),
  );
  expect(muted()).toEqual([{ ids: ['<r0>', '<last>'] }]);
});

it('cannot mute what nothing names', async () => {
  const { muted, set } = memory();
  expect(await set(undefined, [])).toBe(false);
  expect(await set('x'.repeat(500), [])).toBe(false);
  expect(muted()).toEqual([]);
});

it.each([[{}], [null], ['x'], [[null, 'x', [1], [''], {}]]])('reads %j as none', (value) => {
  expect(mutedFrom({ 'muted.by': value })).toEqual([]);
});
