import type { Actor } from '../../../src/session/types';
import { aComposeStand, aWriter, type Stand } from '../../kit/compose-stand';
import { INVITATION, senderOf, sendKeyed } from '../../kit/keyed-send';
import { type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';

const CALENDAR = INVITATION.calendar?.text ?? '';

let stand: Stand;
let smtp: ScriptedSmtp;
let actor: Actor;

beforeEach(async () => {
  smtp = await startScriptedSmtp();
  stand = await aComposeStand();
  actor = aWriter({ smtpPort: smtp.port });
});
afterEach(async () => {
  await stand.close();
  await smtp.close();
});

describe('a message of a plugin with an invitation', () => {
  it('leaves as calendars read it: beside the text, and as a file', async () => {
    const { outcome } = await senderOf(stand.compose, actor)(INVITATION);

    expect(outcome).toMatchObject({ kind: 'sent', sentCopy: true });
    const raw = smtp.delivered[0]?.raw ?? '';
    const types = [...raw.matchAll(/^Content-Type: ([^;\r\n]+)/gim)].map(([, type]) => type);
    expect(types).toEqual([
      'multipart/mixed',
      'multipart/alternative',
      'text/plain',
      'text/calendar',
      'text/plain',
      'application/ics',
    ]);
    expect(raw).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=REQUEST\r\n/);
    expect(raw).toMatch(/filename=invite\.ics/);
    const file =
      raw.split('filename=invite.ics')[1]?.split('\r\n\r\n')[1]?.split('\r\n--')[0] ?? '';
    expect(Buffer.from(file, 'base64').toString()).toBe(INVITATION.calendar?.text);
    expect(stand.mail.all('Sent')).toEqual([raw]);
  });

  it('is told to guards with its file', async () => {
    const seen: unknown[] = [];
    stand.hooks.on('guarding', 'message:sending', (message) => {
      seen.push(message.attachments.map(({ filename, sizeBytes }) => [filename, sizeBytes > 0]));
      return undefined;
    });

    await senderOf(stand.compose, actor)(INVITATION);

    expect(seen).toEqual([
      [
        ['ordre.txt', true],
        ['invite.ics', true],
      ],
    ]);
  });

  it.each([
    ['another method than the object says', { method: 'CANCEL', text: CALENDAR }],
    ['no such method', { method: 'EXPLODE', text: CALENDAR }],
    ['no calendar', { method: 'REQUEST', text: 'METHOD:REQUEST\r\n' }],
    ['more than a million characters', { method: 'REQUEST', text: CALENDAR.padEnd(1e6 + 1) }],
  ])('is refused with %s, and nothing leaves', async (_what, calendar) => {
    const message = { ...INVITATION, calendar } as typeof INVITATION;

    await expect(senderOf(stand.compose, actor)(message)).rejects.toMatchObject({
      code: 'compose/invalid',
    });
    expect(smtp.delivered).toEqual([]);
  });
});

describe('a key', () => {
  it('sends once, however often and at what moment it comes again', async () => {
    const both = await Promise.all([
      sendKeyed(stand.compose, actor, 'a'),
      sendKeyed(stand.another(), actor, 'a').catch(() => undefined),
      sendKeyed(stand.compose, actor, 'a'),
    ]);
    const later = await sendKeyed(stand.another(), actor, 'a');

    expect(both[0]?.outcome).toMatchObject({ kind: 'sent' });
    expect(later.outcome).toMatchObject({ kind: 'sent', repeated: true });
    expect(smtp.delivered).toHaveLength(1);
    await sendKeyed(stand.compose, actor, 'b');
    expect(smtp.delivered).toHaveLength(2);
  });

  it('is that of one person', async () => {
    await sendKeyed(stand.compose, actor, 'a');
    await sendKeyed(stand.compose, aWriter({ id: 2, smtpPort: smtp.port }), 'a');

    expect(smtp.delivered.map(({ from }) => from)).toEqual([
      'alice@culture.example',
      'bob@culture.example',
    ]);
  });

  it('tries again what has not left, and leaves no draft of it', async () => {
    smtp.script = { rcpt: { 'bob@culture.example': '450 4.2.0 Later' } };
    const first = await sendKeyed(stand.compose, actor, 'a');
    const drafts = await stand.compose.unfinished(actor);
    smtp.script = {};
    const second = await sendKeyed(stand.compose, actor, 'a');

    expect(first).toEqual({ outcome: expect.objectContaining({ kind: 'deferred' }) });
    expect(drafts).toEqual([]);
    expect(second.outcome).toMatchObject({ kind: 'sent', repeated: false });
    expect(smtp.delivered).toHaveLength(1);
  });

  it('never sends by itself what may have left', async () => {
    smtp.script = { end: 'drop' };
    const first = await sendKeyed(stand.compose, actor, 'a');
    smtp.script = {};
    const second = await sendKeyed(stand.compose, actor, 'a');

    expect([first.outcome.kind, second.outcome.kind]).toEqual(['unknown', 'unknown']);
    // The one that the server took before its answer was lost.
    expect(smtp.delivered).toHaveLength(1);
  });

  it('lets a request send a hundred, and ten without', async () => {
    const send = senderOf(stand.compose, aWriter({ smtpPort: smtp.port }));
    const plain = { to: ['x'], subject: '', text: '' };
    for (let count = 0; count < 10; count++) await send(plain);

    await expect(send(plain)).rejects.toMatchObject({ code: 'request/rate' });
    for (let count = 10; count < 100; count++) await send({ ...plain, key: `k${count}` });
    await expect(send({ ...plain, key: 'one more' })).rejects.toMatchObject({
      code: 'request/rate',
    });
  });
});
