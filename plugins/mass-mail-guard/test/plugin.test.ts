import type { HookOf } from 'estafette/plugin';
import { createPluginTest, type PluginTest } from 'estafette/plugin/testing';
import plugin from '../plugin';

const MINUTE_MS = 60_000;

let test: PluginTest;
beforeEach(async () => {
  test = await createPluginTest({
    plugin,
    config: { per5Minutes: 5, perHour: 8, per10Hours: 10 },
  });
});
afterEach(() => test.stop());

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: '', mail: `p${index}@ailleurs.example` }));

function aMessage(id: string, count: number): HookOf<'message:sending'>['query'] {
  return {
    draft: { id, mode: 'new', format: 'plain', subject: '', text: '' },
    recipients: { to: people(count), cc: [], bcc: people(1) },
    attachments: [],
    sizeBytes: 0,
    user: { id: test.user.id, locale: 'fr' },
  };
}
const tryToSend = (id: string, count: number) => test.guard('message:sending', aMessage(id, count));
const sent = (draft: string, count: number) =>
  test.action('message:sent', {
    draft,
    messageId: `<${draft}@a.example>`,
    envelope: { from: test.user.mail, to: people(count).map(({ mail }) => mail) },
    user: test.user.id,
  });

it('lets as many go as the limit says, and says when the next may', async () => {
  expect(await tryToSend('a', 5)).toEqual([]);
  await sent('a', 5);

  const [denial] = await tryToSend('b', 1);

  expect(denial).toMatchObject({ code: 'too-many', values: { limit: 5, used: 5, recipients: 1 } });
  expect(denial?.confirm).toBeUndefined();
  expect(test.text(denial?.message ?? '', 'fr', denial?.values)).toMatch(
    /5 minutes.*à partir de \d\d:\d\d/,
  );
  expect(test.audited).toMatchObject([
    {
      event: 'mass-mail-guard:refused',
      details: { window: '5-minutes', limit: 5, used: 5, recipients: 1 },
    },
  ]);
  test.clock.advance(5 * MINUTE_MS + 1);
  expect(await tryToSend('b', 1)).toEqual([]);
});

it('counts a draft that is tried again once', async () => {
  expect(await tryToSend('a', 5)).toEqual([]);
  expect(await tryToSend('a', 5)).toEqual([]);
});

it('forgets within minutes what was tried and did not leave', async () => {
  await tryToSend('a', 5);
  expect(await tryToSend('b', 5)).toHaveLength(1);

  test.clock.advance(10 * MINUTE_MS + 1);

  expect(await tryToSend('b', 5)).toEqual([]);
});

it('refuses by the longer windows too', async () => {
  await sent('a', 5);
  test.clock.advance(6 * MINUTE_MS);
  const [hour] = await tryToSend('b', 4);
  expect(hour?.values).toMatchObject({ limit: 8, used: 5 });
  await sent('c', 3);
  test.clock.advance(61 * MINUTE_MS);
  const [hours] = await tryToSend('d', 3);
  expect(hours?.values).toMatchObject({ limit: 10, used: 8 });
});

it('promises no time for what is too many by itself', async () => {
  const [denial] = await tryToSend('a', 6);

  expect(denial).toMatchObject({ message: 'mass-mail-guard:refused.alone' });
});

it('does not let two at once take the last place', async () => {
  const answers = await Promise.all(['a', 'b', 'c'].map((id) => tryToSend(id, 3)));

  expect(answers.filter((denials) => denials.length === 0)).toHaveLength(1);
});

it('keeps nothing beyond the longest window, and nothing of who is erased', async () => {
  const rows = async (): Promise<number> => {
    const found: unknown[] = await test.db.table('mass_mail_guard_sendings').select('draft');
    return found.length;
  };
  await sent('a', 1);
  test.clock.advance(600 * MINUTE_MS);
  await sent('b', 1);
  await test.runJob('cleaning');
  expect(await rows()).toBe(1);

  const { id, mail } = test.user;
  await test.action('user:erased', { user: { id, mail, login: mail } } as never);

  expect(await rows()).toBe(0);
});
