import type { UserId } from '../../../src/base/types';
import {
  type MailboxMark,
  markMailbox,
  marksFrom,
  moveMailboxChoices,
} from '../../../src/settings/mailbox-marks';
import type { Settings } from '../../../src/settings/types';

const USER = 1 as UserId;
const FAVOURITE: MailboxMark = { isFavourite: true, colour: undefined };

/** Settings that only remember what was written last. */
function memory() {
  let values: Readonly<Record<string, unknown>> = {};
  const settings = {
    write: (_user: UserId, _scope: string, given: Readonly<Record<string, unknown>>) => {
      // As a database gives them back.
      values = JSON.parse(JSON.stringify({ ...values, ...given }));
      return Promise.resolve();
    },
  } as Pick<Settings, 'write'> as Settings;
  return { settings, read: () => values, marks: () => marksFrom(values) };
}

it('keeps what is set, and nothing of what is not', async () => {
  const { settings, marks } = memory();
  await markMailbox(settings, USER, { marks: new Map() }, { path: 'A', mark: FAVOURITE });
  await markMailbox(
    settings,
    USER,
    { marks: marks() },
    { path: 'B', mark: { isFavourite: false, colour: 'teal' } },
  );
  expect([...marks()]).toEqual([
    ['A', FAVOURITE],
    ['B', { isFavourite: false, colour: 'teal' }],
  ]);
  const off = { path: 'A', mark: { isFavourite: false, colour: undefined } };
  await markMailbox(settings, USER, { marks: marks() }, off);
  expect([...marks().keys()]).toEqual(['B']);
});

it.each([[{}], [null], ['x'], [{ A: null, B: { colour: 'puce' }, C: { favourite: 'yes' } }]])(
  'reads %j as no marks',
  (value) => {
    expect(marksFrom({ 'marks.by': value }).size).toBe(0);
  },
);

it('forgets the first of very many', async () => {
  const marks = new Map(Array.from({ length: 300 }, (_, at) => [`m${at}`, FAVOURITE]));
  const { settings, marks: kept } = memory();
  await markMailbox(settings, USER, { marks }, { path: 'new', mark: FAVOURITE });
  expect(kept().size).toBe(300);
  expect(kept().has('m0')).toBe(false);
  expect(kept().has('new')).toBe(true);
});

it('follows a mailbox and those below it, not those that only begin like it', async () => {
  const { settings, marks, read } = memory();
  const before = {
    marks: new Map(['A', 'A/b', 'AB', 'C'].map((path) => [path, FAVOURITE])),
    conversations: new Map([['A/b', true]]),
  };
  await moveMailboxChoices(settings, USER, before, { from: 'A', to: 'Z/A', delimiter: '/' });
  expect([...marks().keys()]).toEqual(['Z/A', 'Z/A/b', 'AB', 'C']);
  expect(read()['conversations.by']).toEqual({ 'Z/A/b': true });
  await moveMailboxChoices(settings, USER, before, { from: 'A', to: undefined, delimiter: '/' });
  expect([...marks().keys()]).toEqual(['AB', 'C']);
  expect(read()['conversations.by']).toEqual({});
});
