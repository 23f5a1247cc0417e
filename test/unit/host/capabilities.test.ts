import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SiteId } from '../../../src/base/types';
import type { PluginContext } from '../../../src/host/context-types';
import { createPluginTest } from '../../../src/host/testing';
import { aPlugin, tempTree } from './kit';

const ALL = [
  'db',
  'mail.read',
  'mail.write',
  'mail.send',
  'mail.post',
  'directory.read',
  'directory.write',
  'worker',
  'audit',
] as const;
const REF = { mailbox: 'INBOX', uidValidity: 1, uid: 7 };

type Options = Omit<Parameters<typeof createPluginTest>[0], 'plugin'>;
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.stop();
});

async function contextOf(needs: readonly (typeof ALL)[number][] = ALL, options: Options = {}) {
  let context: PluginContext | undefined;
  const plugin = aPlugin('my-plugin', {
    needs,
    activate(given) {
      context = given;
    },
  });
  const test = await createPluginTest({ plugin, ...options });
  open.push(test);
  if (!context) throw new Error('not activated');
  return { context, test };
}

describe('what a plugin does not need', () => {
  it.each<[string, (context: PluginContext, as: { user: number; session: string }) => unknown]>([
    ['mail.read', (context, as) => context.mail(as).message(REF)],
    ['mail.read', (context, as) => context.mail(as).rows({ mailbox: 'INBOX' })],
    ['mail.read', (context, as) => context.mail(as).text(REF)],
    ['mail.read', (context, as) => context.mail(as).headers(REF, ['List-Id'])],
    ['mail.read', (context, as) => context.mail(as).attachment(REF, '2')],
    ['mail.write', (context, as) => context.mail(as).move({ ...REF, uids: [7] }, 'Trash')],
    ['mail.write', (context, as) => context.mail(as).flag({ ...REF, uids: [7] }, 'seen', true)],
    ['mail.write', (context, as) => context.mail(as).append('INBOX', 'x')],
    [
      'mail.send',
      (context, as) => context.send(as, { to: ['a@b.example'], subject: '', text: '' }),
    ],
    ['mail.send', (context, as) => context.identities(as)],
    [
      'mail.post',
      (context) => context.post('test' as SiteId, { to: ['a@b.example'], subject: 'x', text: '' }),
    ],
    ['directory.read', async (context) => context.directory('test' as SiteId)],
    ['directory.read', (context) => context.directories('test' as SiteId)],
    ['directory.read', (context, as) => context.ownEntry(as)],
    ['worker', (context) => context.worker('parse', {}, { timeoutMs: 10 })],
    ['audit', (context) => context.audit({ event: 'done', site: 'test' as SiteId })],
  ])('is refused, naming the need %s', async (need, call) => {
    const { context, test } = await contextOf([]);

    await expect(Promise.resolve().then(() => call(context, test.as))).rejects.toMatchObject({
      code: 'plugin/need-missing',
      details: { plugin: 'my-plugin', need },
    });
  });
});

it('tells from which addresses the person may write, and which are theirs alone', async () => {
  const { context, test } = await contextOf(ALL, { identities: ['accueil@b.example'] });

  expect(await context.identities(test.as)).toEqual([
    { name: test.user.name, mail: test.user.mail, isOwn: true },
    { name: test.user.name, mail: 'accueil@b.example', isOwn: false },
  ]);
  await expect(context.identities({ user: 1, session: 'gone' })).rejects.toMatchObject({
    code: 'plugin/person-gone',
  });
});

describe('a mail of the site', () => {
  const MAIL = { to: ['Ada <a@b.example>'], subject: 'Rendez-vous', text: 'À 14 h.' };

  it('is the plugin’s own, with one line where one line belongs', async () => {
    const { context, test } = await contextOf();

    const subject = 'Rendez-vous\r\nBcc: everybody@b.example';
    const fromName = 'Camille\r\nX-Evil: 1';
    const answer = await context.post('test' as SiteId, { ...MAIL, subject, fromName, key: 'k' });
    await context.post('test' as SiteId, { ...MAIL, key: 'k' });

    expect(answer).toEqual({ state: 'waiting', rejected: [] });
    expect(test.posted).toEqual([
      expect.objectContaining({
        plugin: 'my-plugin',
        site: 'test',
        key: 'k',
        to: [{ name: 'Ada', mail: 'a@b.example' }],
      }),
    ]);
    for (const text of [test.posted[0]?.subject, test.posted[0]?.fromName])
      expect(text).not.toMatch(/[\r\n]/);
  });

  it.each([
    ['nobody', { to: [] }],
    ['no address', { to: ['Ada'] }],
    ['two addresses in one', { to: ['a@b.example, c@d.example'] }],
    ['a hundred and one', { to: Array.from({ length: 101 }, (_, n) => `a${n}@b.example`) }],
    ['a name like an address', { fromName: 'chef@b.example' }],
    ['answers to no address', { replyTo: 'a@b.example\r\nBcc: x@y.example' }],
    ['no subject', { subject: ' \r\n ' }],
    ['another method', { calendar: { method: 'REPLY', text: 'BEGIN:VCALENDAR\r\n' } }],
    ['an unknown member', { bcc: ['x@y.example'] }],
  ])('is refused with %s', async (_what, change) => {
    const { context, test } = await contextOf();

    const message = { ...MAIL, ...change } as typeof MAIL;
    await expect(context.post('test' as SiteId, message)).rejects.toMatchObject({
      code: 'compose/invalid',
    });
    expect(test.posted).toEqual([]);
  });

  it('is for sites where the plugin is on', async () => {
    const { context } = await contextOf();

    await expect(context.post('elsewhere' as SiteId, MAIL)).rejects.toMatchObject({
      code: 'request/forbidden',
    });
  });
});

describe('the mail of somebody who is there', () => {
  it('is read and changed through their handle', async () => {
    const { context, test } = await contextOf(ALL, {
      mail: {
        text: async ({ uid }) => ({ text: `body of ${uid}`, truncated: false }),
        headers: async () => [
          { name: 'List-Id', value: '<list.example>' },
          { name: 'Received', value: 'x' },
        ],
        attachment: async () => ({
          filename: 'a.ics',
          type: 'text/calendar',
          content: Buffer.from('ics'),
        }),
        move: async ({ uids }) => uids.length,
      },
    });
    const mail = context.mail(test.as);

    expect(await mail.text(REF)).toEqual({ text: 'body of 7', truncated: false });
    expect(await mail.headers(REF, ['list-id'])).toEqual([
      { name: 'List-Id', value: '<list.example>' },
    ]);
    expect(await mail.attachment(REF, '2')).toMatchObject({ content: Buffer.from('ics') });
    expect(await mail.move({ mailbox: 'INBOX', uidValidity: 1, uids: [7, 8] }, 'Archive')).toBe(2);
  });

  it('is cut where a message would fill the memory', async () => {
    const { context, test } = await contextOf(ALL, {
      mail: {
        text: async () => ({ text: 'x'.repeat(300_000), truncated: false }),
        headers: async () => [{ name: 'X', value: 'y'.repeat(10_000) }],
        attachment: async () => ({ filename: 'a', type: 'x/y', content: Buffer.alloc(2_000) }),
      },
    });
    const mail = context.mail(test.as);

    const { text, truncated } = await mail.text(REF);
    const [field] = await mail.headers(REF, ['x']);

    expect([text.length, truncated, field?.value.length]).toEqual([200_000, true, 4_000]);
    await expect(mail.attachment(REF, '2', { maxBytes: 1_000 })).rejects.toThrow('too-large');
  });

  it.each([
    undefined,
    null,
    'test-test',
    {},
    { user: 1, session: 'guessed' },
    { user: 999, session: 'test-test' },
  ])('is nobody’s for the handle %j', async (as) => {
    const { context } = await contextOf();

    await expect(context.mail(as as never).text(REF)).rejects.toThrow('plugin/person-gone');
    await expect(context.can(as as never, 'x.y')).rejects.toThrow('plugin/person-gone');
  });

  it.each([
    [{ mailbox: '', uidValidity: 1, uid: 1 }],
    [{ mailbox: 'INBOX', uidValidity: 1, uid: -1 }],
    [{ mailbox: 'INBOX', uidValidity: 1, uid: '1 OR 1' }],
    [{ mailbox: 7, uidValidity: 1, uid: 1 }],
  ])('refuses what names no message: %j', async (ref) => {
    const { context, test } = await contextOf();

    await expect(context.mail(test.as).text(ref as never)).rejects.toThrow('request/invalid');
  });

  it('leaves no file behind what it adds', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('plugin-'));
    const { context, test } = await contextOf(ALL, { mail: { append: async () => undefined } });

    await context.mail(test.as).append('Archive', 'From: a\r\n\r\nb');

    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('plugin-'))).toEqual(before);
  });
});

describe('sending as somebody who is there', () => {
  const message = { to: ['a@b.example', 'c@d.example'], subject: 'Bonjour', text: 'Texte' };

  it('answers what the composer does', async () => {
    const { context, test } = await contextOf(ALL, {
      send: ({ to, subject }) => ({
        kind: 'sent',
        messageId: `<${subject}:${to}>`,
        sentCopy: true,
        repeated: false,
      }),
    });

    const { outcome, draftUrl } = await context.send(test.as, message);

    expect(outcome).toMatchObject({
      kind: 'sent',
      messageId: '<Bonjour:a@b.example, c@d.example>',
    });
    expect(draftUrl).toBeUndefined();
  });

  it('leaves to the person what must be confirmed', async () => {
    const { context, test } = await contextOf(ALL, {
      send: () => ({ kind: 'confirm', denials: [{ deny: true, code: 'x', plugin: 'other' }] }),
    });

    expect((await context.send(test.as, message)).draftUrl).toMatch(/^\/compose\/[\w-]{22}$/);
  });

  it('is from the person and nobody else', async () => {
    const { context, test } = await contextOf(ALL, {
      send: () => ({ kind: 'unknown', messageId: '' }),
    });

    await expect(
      context.send(test.as, { ...message, identity: 'minister@gouv.example' }),
    ).rejects.toThrow('compose/invalid');
  });
});

describe('the directory', () => {
  const camille = {
    dn: 'uid=camille,dc=x',
    type: 'person',
    name: 'Camille',
    mails: ['camille@x.example'],
    attributes: {},
  } as const;

  it('is that of the site, and absent where there is none', async () => {
    const { context } = await contextOf(ALL, { directory: { search: async () => [camille] } });
    const none = await contextOf();

    expect(await context.directory('test' as SiteId)?.search('cam')).toEqual([camille]);
    expect(none.context.directory('test' as SiteId)).toBeUndefined();
    expect(() => context.directory('elsewhere' as SiteId)).toThrow('request/forbidden');
  });

  it('is one of several, each with an id and a base', async () => {
    const { context } = await contextOf(ALL, {
      directory: { base: 'dc=x', title: 'Ministère' },
      directories: {
        rh: { base: 'dc=rh', find: async () => ({ entries: [camille], isCut: true }) },
      },
    });
    const rh = context.directory('test' as SiteId, 'rh');

    expect(context.directories('test' as SiteId)).toEqual([
      { id: 'sign-in', title: 'Ministère' },
      { id: 'rh', title: 'rh' },
    ]);
    expect(context.directory('test' as SiteId)).toMatchObject({ id: 'sign-in', base: 'dc=x' });
    expect(rh).toMatchObject({ id: 'rh', base: 'dc=rh' });
    expect(await rh?.find({ where: { all: [] } })).toEqual({ entries: [camille], isCut: true });
    expect(context.directory('test' as SiteId, 'elsewhere')).toBeUndefined();
    await expect(rh?.find({ where: { attribute: 'userPassword', present: true } })).rejects.toThrow(
      'request/invalid',
    );
    expect(() => context.directories('elsewhere' as SiteId)).toThrow('request/forbidden');
  });

  it('shows a picture, if it is one, and one’s own entry', async () => {
    const gif = { type: 'image/gif', content: Buffer.from('GIF89a') };
    const { context, test } = await contextOf(ALL, {
      directory: {
        photo: async (dn) => (dn === 'dc=svg' ? { ...gif, type: 'image/svg+xml' } : gif),
      },
      ownEntry: () => camille,
    });
    const directory = context.directory('test' as SiteId);

    expect(await directory?.photo('dc=gif')).toEqual(gif);
    await expect(directory?.photo('dc=svg')).rejects.toThrow('plugin/unavailable');
    expect(await context.ownEntry(test.as)).toEqual(camille);
    await expect(context.ownEntry({ user: 1, session: 'other' })).rejects.toThrow(
      'plugin/person-gone',
    );
  });

  it('is changed for who is there, by who declares it, and the one of sign-in alone', async () => {
    const changed: unknown[] = [];
    const given = {
      directory: {
        changeOwn: async (_as: unknown, changes: unknown) => void changed.push(changes),
      },
      directories: { rh: {} },
    };
    const { context, test } = await contextOf(ALL, given);
    const reader = await contextOf(['directory.read'], given);
    const room = { roomNumber: ['A1'] };
    const change = (of: typeof reader, as = of.test.as, id?: string) =>
      of.context.directory('test' as SiteId, id)?.changeOwn(as, room);

    await change({ context, test });
    expect(changed).toEqual([room]);
    await expect(change(reader)).rejects.toThrow('plugin/need-missing');
    await expect(change({ context, test }, test.as, 'rh')).rejects.toThrow('directory/refused');
    await expect(change({ context, test }, { user: 1, session: 'x' })).rejects.toThrow(
      'plugin/person-gone',
    );
    expect(changed).toHaveLength(1);
  });

  it('does not hand on what is no entry', async () => {
    const wrong = [{ ...camille, attributes: { secret: 'x'.repeat(10_000) } }];
    const { context } = await contextOf(ALL, { directory: { search: async () => wrong as never } });

    await expect(context.directory('test' as SiteId)?.search('cam')).rejects.toThrow(
      'plugin/unavailable',
    );
  });
});

describe('the rest', () => {
  it('runs a file of the plugin in a thread, and no other file', async () => {
    const dir = tempTree({
      'parse.js':
        'exports.run = ({ text }) => ({ length: text.length, env: Object.keys(process.env) })',
    });
    const { context } = await contextOf(ALL, { dir });

    const answer = await context.worker<{ length: number; env: string[] }>(
      'parse',
      { text: 'abc' },
      { timeoutMs: 5_000 },
    );

    expect(answer.length).toBe(3);
    expect(answer.env.filter((name) => name.startsWith('ESTAFETTE'))).toEqual([]);
    await expect(context.worker('../../etc/passwd', {}, { timeoutMs: 10 })).rejects.toThrow(
      'forbidden',
    );
  });

  it('writes audit lines under its own id', async () => {
    const { context, test } = await contextOf();

    await context.audit({ event: 'shared', as: test.as, target: 'agenda', details: { count: 2 } });

    expect(test.audited).toMatchObject([
      { event: 'my-plugin:shared', site: 'test', actor: 'camille.durand', target: 'agenda' },
    ]);
    await expect(context.audit({ event: 'x:y', as: test.as })).rejects.toThrow(
      'internal/unexpected',
    );
    await expect(context.audit({ event: 'x' })).rejects.toThrow('internal/unexpected');
  });

  it('goes on where an audit line cannot be written, unless the line is wrong', async () => {
    const { context, test } = await contextOf(ALL, {
      audit() {
        throw new Error('disk');
      },
    });

    await context.audit({ event: 'shared', as: test.as });
    expect(test.audited).toEqual([]);
    await expect(context.audit({ event: 'x:y', as: test.as })).rejects.toThrow(
      'internal/unexpected',
    );
    const details = { text: 'x'.repeat(257) };
    await expect(context.audit({ event: 'shared', as: test.as, details })).rejects.toThrow(
      'internal/unexpected',
    );
  });

  it('keeps figures bounded', async () => {
    const { context } = await contextOf();
    const counter = context.metrics.counter('calls', 'Calls', ['kind']);

    for (let n = 0; n < 500; n++) counter.inc({ kind: `k${n}` });
    for (let n = 0; n < 19; n++) context.metrics.counter(`m${n}`, 'x');

    expect(() => context.metrics.counter('one_more', 'x')).toThrow('internal/unexpected');
    expect(() => context.metrics.counter('Bad Name', 'x')).toThrow('internal/unexpected');
    expect(() => context.metrics.counter('calls', 'x', ['a', 'b', 'c', 'd'])).toThrow(
      'internal/unexpected',
    );
  });

  it('changes its own elements of a page only', async () => {
    const { mkdirSync, writeFileSync } = await import('node:fs');
    const dir = mkdtempSync(path.join(tmpdir(), 'estafette-plugin-'));
    mkdirSync(path.join(dir, 'views'));
    writeFileSync(path.join(dir, 'views', 'line.ejs'), '<p><%= model.text %></p>');
    const { context, test } = await contextOf(ALL, { dir });
    const line = { action: 'append', target: 'my-plugin-list', view: 'line' } as const;

    const reached = await context.stream(test.as, [{ ...line, model: { text: '<b>' } }]);

    expect(reached).toBe(1);
    expect(test.streamed).toEqual([
      '<turbo-stream action="append" target="my-plugin-list"><template><p>&lt;b&gt;</p></template></turbo-stream>',
    ]);
    for (const wrong of [
      { ...line, target: 'message-list' },
      { ...line, target: 'my-plugin-"><script>' },
      { ...line, action: 'refresh' as 'append' },
      { ...line, view: '../../../base/views/login' },
    ]) {
      await expect(context.stream(test.as, [wrong])).rejects.toThrow('internal/unexpected');
    }
  });

  it('emits its own hooks, and no other', async () => {
    let context: PluginContext | undefined;
    const plugin = aPlugin('my-plugin', {
      contributes: {
        hooks: {
          'my-plugin:noted': { kind: 'action', doc: 'Something was noted.', awaited: true },
        },
      },
      activate(given) {
        context = given;
      },
    });
    const test = await createPluginTest({ plugin });
    open.push(test);
    const seen: unknown[] = [];
    test.on('my-plugin:noted' as 'message:sent', (event, scope) => void seen.push([event, scope]));
    const emit = context?.hooks.emit;

    await emit?.action(
      { site: test.site, as: test.as },
      'my-plugin:noted' as 'message:sent',
      {
        note: 1,
      } as never,
    );

    expect(seen).toMatchObject([[{ note: 1 }, { site: 'test', as: test.as }]]);
    await expect(emit?.action({ site: test.site }, 'message:sent', {} as never)).rejects.toThrow(
      'request/forbidden',
    );
    await expect(
      emit?.filter({ site: test.site }, 'message:model', {} as never, {}),
    ).rejects.toThrow('request/forbidden');
  });

  it.each([
    ['other:noted', 'does not start with "my-plugin:"'],
    ['my-plugin:noting', 'only a guard ends in -ing'],
  ])('declares no hook called %s', async (name, reason) => {
    const plugin = aPlugin('my-plugin', {
      contributes: { hooks: { [name]: { kind: 'action', doc: 'x' } } },
    });

    await expect(createPluginTest({ plugin })).rejects.toThrow(reason);
  });
});
