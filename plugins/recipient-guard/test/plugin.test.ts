import type { HookOf } from 'estafette/plugin';
import {
  createPluginTest,
  type PluginTest,
  type PluginTestOptions,
} from 'estafette/plugin/testing';
import { isAlike } from '../alike';
import type { GuardConfig } from '../config';
import plugin from '../plugin';

type Sending = HookOf<'message:sending'>['query'];
type Mails = Partial<Record<'to' | 'cc' | 'bcc', readonly string[]>>;

const OUT = 'a@dehors.example';
const IN = 'collegue@test.example';

let test: PluginTest;
const start = async (options: Partial<PluginTestOptions<GuardConfig>> = {}): Promise<void> => {
  test = await createPluginTest({ plugin, ...options });
};
afterEach(() => test.stop());

const people = (mails: readonly string[] = []) => mails.map((mail) => ({ name: '', mail }));
function aMessage({ to, cc, bcc }: Mails, draft: Partial<Sending['draft']> = {}): Sending {
  return {
    draft: { id: 'd1', mode: 'new', format: 'plain', subject: 'Secret', text: '', ...draft },
    recipients: { to: people(to), cc: people(cc), bcc: people(bcc) },
    attachments: [{ filename: 'budget.ods', type: 'application/x', sizeBytes: 1 }],
    sizeBytes: 1,
    user: { id: test.user.id, locale: 'fr' },
  };
}
const send = (mails: Mails, confirmed: readonly string[] = [], draft = {}) =>
  test.guard('message:sending', aMessage(mails, draft), { confirmed });
const sent = () =>
  test.action('message:sent', {
    draft: 'd1',
    messageId: '<m@a.example>',
    envelope: { from: test.user.mail, to: [OUT] },
    user: test.user.id,
  });
const wordOf = ([denial]: Awaited<ReturnType<typeof send>>): string =>
  `recipient-guard:${denial?.code}`;
const listsOf = ([denial]: Awaited<ReturnType<typeof send>>) =>
  Object.fromEntries(
    (denial?.lists ?? []).map(({ label, items }) => [label.split('.').at(-1), items]),
  );

it('never slows down what stays inside, or goes to other administrations', async () => {
  await start({ config: { service: ['bureau.test.example'] } });

  expect(await send({ to: [IN, 'x@bureau.test.example'], cc: ['y@finances.gouv.fr'] })).toEqual([]);
});

it('groups the recipients and names what leaves', async () => {
  await start({ config: { service: ['bureau.test.example'] } });

  const asked = await send({ to: [IN, OUT], cc: ['x@bureau.test.example', 'y@sub.gouv.fr'] });

  expect(listsOf(asked)).toEqual({
    outside: [OUT],
    administrations: ['y@sub.gouv.fr'],
    ministry: [IN],
    service: ['x@bureau.test.example'],
    attachments: ['budget.ods'],
  });
  expect(asked[0]?.confirm).toBe(true);
});

it('lets go what was confirmed, and only that', async () => {
  await start();
  const word = wordOf(await send({ to: [OUT] }));

  expect(await send({ to: [OUT] }, [word])).toEqual([]);
  expect(await send({ to: [OUT, 'b@dehors.example'] }, [word])).toHaveLength(1);
});

it('shows the outsiders that a reply to all adds, not who wrote', async () => {
  const message = async () => ({ from: people(['auteur@dehors.example']), replyTo: [] }) as never; // what the guard reads of it
  await start({ mail: { message } });
  const original = { account: 'me', mailbox: 'INBOX', uidValidity: 1, uid: 1 } as never;

  const asked = await send({ to: ['auteur@dehors.example'], cc: [IN, OUT] }, [], {
    mode: 'reply-all',
    original,
  });

  expect(listsOf(asked)).toMatchObject({ added: [OUT], outside: ['auteur@dehors.example'] });
});

it('points out who looks like somebody the person writes to', async () => {
  await start({
    correspondents: [{ name: '', mail: 'paul@partenaire.example', uses: 3, lastUsed: 1 }],
  });

  const asked = await send({ to: ['paul@partenaíre.example'] });

  expect(listsOf(asked)).toMatchObject({
    alike: ['paul@partenaíre.example ≠ paul@partenaire.example'],
  });
  expect(listsOf(await send({ to: ['paul@partenaire.example'] }))).not.toHaveProperty('alike');
});

it('offers to hide copies above a number of visible outsiders', async () => {
  await start({ config: { hideAbove: 1 } });
  const cc = ['b@dehors.example'];

  expect((await send({ to: [OUT], cc }))[0]?.offer).toBe('hide-copies');
  expect((await send({ to: [OUT], bcc: cc }))[0]?.offer).toBeUndefined();
});

it('takes a confirmation only after the delay, whatever the browser says', async () => {
  await start({ config: { policy: 'delay', delayS: 5 } });
  const first = wordOf(await send({ to: [OUT] }));
  test.clock.advance(4_000);
  const tooSoon = await send({ to: [OUT] }, [first]);
  expect(tooSoon[0]).toMatchObject({ message: 'recipient-guard:tooSoon', confirm: true });

  test.clock.advance(1_000);

  expect(await send({ to: [OUT] }, [first])).toHaveLength(1);
  expect(await send({ to: [OUT] }, [wordOf(tooSoon)])).toEqual([]);
});

it('asks nothing where the site informs, and says it in the composer', async () => {
  await start({ config: { policy: 'inform' } });
  const draft = { id: 'd', mode: 'reply-all', subject: '', attachmentCount: 0 };

  expect(await send({ to: [OUT] })).toEqual([]);
  const html = await test.renderSlot('compose.recipients.after@1', {
    draft: { ...draft, recipients: [IN, OUT] },
  });
  expect(html).toContain(OUT);
  expect(html).not.toContain(IN);
});

it('writes what was chosen, by counts alone', async () => {
  await start({ config: { hideAbove: 1 } });
  await send({ to: [OUT] });
  await sent();
  await send({ to: [OUT], cc: ['b@dehors.example'] });
  await send({ to: [OUT], bcc: ['b@dehors.example'] });
  await sent();
  await send({ to: [OUT] });
  await send({ to: [IN] });
  await send({ to: [OUT] });
  test.clock.advance(24 * 3_600_000 + 1);
  await test.runJob('cleaning');

  expect(test.audited.map(({ event }) => event)).toEqual([
    'recipient-guard:sent-as-is',
    'recipient-guard:sent-hidden',
    'recipient-guard:withdrawn',
    'recipient-guard:went-back',
  ]);
  expect(JSON.stringify(test.audited)).not.toMatch(/dehors|Secret|budget/);
});

it.each([
  ['paul@corp.example', 'pau1@corp.example', true],
  ['jean@partenaire.example', 'jean@partenarie.example', true],
  ['martin1@corp.example', 'martin2@corp.example', false],
  ['paul@corp.example', 'anne@corp.example', false],
])('takes %s for %s: %s', async (left, right, expected) => {
  await start();
  expect(isAlike(left, right)).toBe(expected);
});
