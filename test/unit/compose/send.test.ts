import { AppError } from '../../../src/base/errors';
import { silentLog } from '../../../src/base/log';
import type { Compose, Draft, DraftFields } from '../../../src/compose';
import type { Actor } from '../../../src/session/types';
import { createSmtpTransport, type SmtpTransport } from '../../../src/smtp';
import { aComposeStand, aWriter, type Stand } from '../../kit/compose-stand';
import { type ScriptedSmtp, startScriptedSmtp } from '../../kit/scripted-smtp';

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

const FIELDS: DraftFields = {
  identity: '',
  to: 'Bob <bob@culture.example>',
  cc: '',
  bcc: '',
  subject: 'Ordre du jour',
  format: 'plain',
  text: 'Bonjour,\n\n.à demain\n',
  html: '',
};
let count = 0;
const newId = (): string => `draft-${String(++count).padStart(16, '0')}`;

async function aDraft(
  fields: Partial<DraftFields> = {},
  compose: Compose = stand.compose,
): Promise<Draft> {
  const id = newId();
  const { revision } = await compose.ensure(actor, id, { mode: 'new' });
  const options = { baseRevision: revision, toServer: false };
  return (await compose.save(actor, id, { ...FIELDS, ...fields }, options)).draft;
}
const send = (id: string, confirmed: string[] = [], compose = stand.compose) =>
  compose.send(actor, id, { confirmed });

const outboxState = async (id: string): Promise<unknown> =>
  (await stand.db.knex('outbox').where({ draft_id: id }).first())?.state;

describe('a message that the server accepts', () => {
  it('is sent once, filed with the very same bytes, and its draft is gone', async () => {
    const draft = await aDraft({ cc: 'carol@culture.example', bcc: 'dave@elsewhere.example' });

    const outcome = await send(draft.id);

    expect(outcome).toMatchObject({ kind: 'sent', sentCopy: true, repeated: false });
    expect(smtp.delivered).toHaveLength(1);
    expect(smtp.delivered[0]).toMatchObject({
      from: 'alice@culture.example',
      to: ['bob@culture.example', 'carol@culture.example', 'dave@elsewhere.example'],
    });
    expect(stand.mail.all('Sent')).toEqual([smtp.delivered[0]?.raw]);
    expect(smtp.delivered[0]?.raw).not.toMatch(/dave@/);
    await expect(stand.compose.load(actor, draft.id)).rejects.toMatchObject({
      code: 'draft/not-found',
    });
  });

  it('answers a repeated request with what the first one did', async () => {
    const draft = await aDraft();
    const first = await send(draft.id);

    const ensured = await stand.compose.ensure(actor, draft.id, { mode: 'new' });
    const options = { baseRevision: 0, toServer: true };
    const saved = await stand.compose.save(actor, draft.id, FIELDS, options);
    const second = await send(draft.id);

    expect(ensured.sending).toBe('sent');
    expect(saved.draft.sending).toBe('sent');
    expect(second).toEqual({ ...first, repeated: true });
    expect(smtp.delivered).toHaveLength(1);
    expect(stand.mail.all('Sent')).toHaveLength(1);
  });

  it('refuses to save other words once it has left', async () => {
    const draft = await aDraft();
    await send(draft.id);

    const late = stand.compose.save(
      actor,
      draft.id,
      { ...FIELDS, text: 'autre chose' },
      { baseRevision: 1, toServer: false },
    );

    await expect(late).rejects.toMatchObject({ code: 'draft/conflict' });
  });

  it('marks the original as answered, or forwarded', async () => {
    const raw = 'From: bob@culture.example\nMessage-ID: <o@x.example>\nSubject: Avis\n\nOui\n';
    const original = { mailbox: 'INBOX', uid: stand.mail.put('INBOX', raw, { text: 'Oui' }) };
    for (const mode of ['reply', 'forward'] as const) {
      const id = newId();
      const draft = await stand.compose.ensure(actor, id, { mode, original });
      const fields = { ...draft, to: 'bob@culture.example' };
      await stand.compose.save(actor, id, fields, {
        baseRevision: draft.revision,
        toServer: false,
      });
      await send(id);
    }

    expect(stand.mail.flagged).toEqual(['INBOX/1 answered', 'INBOX/1 forwarded']);
    expect(smtp.delivered[0]?.raw).toMatch(/^In-Reply-To: <o@x\.example>/m);
    expect(smtp.delivered[0]?.raw).toMatch(/^References: <o@x\.example>/m);
  });

  it('tells plugins, after the fact', async () => {
    const events: unknown[] = [];
    stand.hooks.on('p', 'message:sent', (event) => void events.push(event));

    await send((await aDraft()).id);
    await stand.hooks.idle();

    expect(events).toEqual([
      expect.objectContaining({
        envelope: { from: 'alice@culture.example', to: ['bob@culture.example'] },
      }),
    ]);
  });

  it('files the copy where a plugin says', async () => {
    stand.hooks.on('p', 'message:file', () => ({ mailbox: 'Projets' }));

    await send((await aDraft()).id);

    expect(stand.mail.all('Projets')).toHaveLength(1);
    expect(stand.mail.all('Sent')).toHaveLength(0);
  });
});

describe('asked for many times at once', () => {
  it('delivers exactly once, 100 times out of 100', async () => {
    const other = stand.another();
    for (let round = 0; round < 100; round++) {
      const { id } = await aDraft({ subject: `Tour ${round}` });

      const outcomes = await Promise.all([
        send(id),
        send(id),
        other.send(actor, id, { confirmed: [] }),
      ]);

      expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'sent', 'sent']);
      const firsts = outcomes.filter((found) => found.kind === 'sent' && !found.repeated);
      expect(firsts).toHaveLength(1);
    }
    expect(smtp.delivered).toHaveLength(100);
    expect(stand.mail.all('Sent')).toHaveLength(100);
  }, 120_000);

  it('delivers once when the whole form is posted twice', async () => {
    for (let round = 0; round < 20; round++) {
      const id = newId();
      const post = async (compose: Compose) => {
        const { revision } = await compose.ensure(actor, id, { mode: 'new' });
        await compose.save(actor, id, FIELDS, { baseRevision: revision, toServer: false });
        return compose.send(actor, id, { confirmed: [] });
      };

      const outcomes = await Promise.all([post(stand.compose), post(stand.another())]);

      expect(outcomes.map(({ kind }) => kind)).toEqual(['sent', 'sent']);
    }
    expect(smtp.delivered).toHaveLength(20);
  }, 60_000);
});

describe('what the person has to correct', () => {
  it.each([
    [
      'an address that is none',
      { to: 'bob@culture.example, pas une adresse' },
      'to',
      'compose.error.address',
    ],
    ['nobody', { to: '' }, 'to', 'compose.error.noRecipient'],
    [
      'an identity of somebody else',
      { identity: 'bob@culture.example' },
      'identity',
      'compose.error.identity',
    ],
    [
      'too many recipients',
      { bcc: Array.from({ length: 60 }, (_, i) => `p${i}@a.example`).join(',') },
      'to',
      'compose.error.tooManyRecipients',
    ],
  ])('%s: nothing leaves, the draft stays', async (_name, change, field, textKey) => {
    const draft = await aDraft(change);

    const outcome = await send(draft.id);

    expect(outcome).toMatchObject({ kind: 'invalid', errors: [{ field, textKey }] });
    expect(smtp.commands).toEqual([]);
    await expect(stand.compose.load(actor, draft.id)).resolves.toMatchObject({
      sending: undefined,
    });
  });

  it('a message that became too large', async () => {
    const draft = await aDraft({ text: 'x'.repeat(1_200_000) });

    expect(await send(draft.id)).toMatchObject({
      kind: 'invalid',
      errors: [{ field: 'attachments' }],
    });
    expect(smtp.commands).toEqual([]);
  });

  it('accepts an alias as sender, and an empty subject', async () => {
    actor = aWriter({ smtpPort: smtp.port, aliases: ['accueil@culture.example'] });
    const draft = await aDraft({ identity: 'accueil@culture.example', subject: '' });

    expect(await send(draft.id)).toMatchObject({ kind: 'sent' });
    expect(smtp.delivered[0]?.from).toBe('accueil@culture.example');
  });
});

describe('hostile fields', () => {
  it.each([
    '\r\nBcc: eve@evil.example',
    '\nX-Evil: 1',
    '\u0000',
    '\r',
    '\u2028Bcc: eve@evil.example',
  ])('flattens %j in subject, names and identity into one header line', async (evil) => {
    const draft = await aDraft({
      subject: `Bonjour${evil}`,
      to: `"Bob${evil}" <bob@culture.example>`,
    });

    await send(draft.id);

    const [message] = smtp.delivered;
    if (message) {
      expect(message.to.filter((mail) => mail.includes('evil') && !evil.includes('\n'))).toEqual(
        [],
      );
      const head = message.raw.split('\r\n\r\n', 1)[0] ?? '';
      expect(head).not.toMatch(/^(?:Bcc|X-Evil):/im);
      expect(head).not.toMatch(/[\0\u2028]/);
    }
  });

  it('keeps one message whatever dots and line ends the text holds', async () => {
    const draft = await aDraft({ text: 'a\r\n.\r\nMAIL FROM:<x@y.example>\r\n\n.\n\r.\r\nfin' });

    await send(draft.id);

    expect(smtp.delivered).toHaveLength(1);
    expect(smtp.commands.filter((line) => line.startsWith('MAIL'))).toHaveLength(1);
  });
});

describe('plugins before the sending', () => {
  it('ask for a confirmation once, with all their questions', async () => {
    stand.hooks.on('reminder', 'message:sending', ({ attachments }) =>
      attachments.length === 0 ? { deny: true, code: 'no-file', confirm: true } : undefined,
    );
    stand.hooks.on('guard', 'message:sending', () => ({
      deny: true,
      code: 'outside',
      confirm: true,
    }));
    const draft = await aDraft();

    const asked = await send(draft.id);
    expect(asked).toMatchObject({
      kind: 'confirm',
      denials: [{ plugin: 'guard' }, { plugin: 'reminder' }],
    });
    expect(smtp.commands).toEqual([]);

    const outcome = await send(draft.id, ['reminder:no-file', 'guard:outside']);
    expect(outcome).toMatchObject({ kind: 'sent' });
  });

  it('show the plain text of an HTML draft to guards', async () => {
    const texts: string[] = [];
    stand.hooks.on('p', 'message:sending', ({ draft }) => void texts.push(draft.text));

    await send((await aDraft({ format: 'html', html: '<p>Voir <b>ci-joint</b></p>' })).id);

    expect(texts).toEqual([expect.stringContaining('Voir ci-joint')]);
  });

  it('may refuse for good, and the draft stays', async () => {
    stand.hooks.on('p', 'message:sending', () => ({ deny: true, code: 'never' }));
    const draft = await aDraft();

    expect(await send(draft.id)).toMatchObject({ kind: 'denied', denials: [{ code: 'never' }] });
    expect(await outboxState(draft.id)).toBeUndefined();
  });

  it('deny when they fail', async () => {
    stand.hooks.on('p', 'message:sending', () => {
      throw new Error('broken');
    });

    expect(await send((await aDraft()).id)).toMatchObject({ kind: 'denied' });
    expect(smtp.commands).toEqual([]);
  });

  it('may change words and add headers, never recipients', async () => {
    stand.hooks.on('p', 'message:outbound', (message) => ({
      ...message,
      envelope: { from: 'eve@evil.example', to: ['eve@evil.example'] },
      subject: `[Sensible] ${message.subject}`,
      headers: [{ name: 'X-Marking', value: 'diffusion restreinte' }],
      parts: [{ filename: 'note.txt', type: 'text/plain', content: 'note' }],
    }));

    await send((await aDraft()).id);

    expect(smtp.delivered[0]).toMatchObject({
      from: 'alice@culture.example',
      to: ['bob@culture.example'],
    });
    expect(smtp.delivered[0]?.raw).toMatch(/^Subject: \[Sensible\] Ordre du jour/m);
    expect(smtp.delivered[0]?.raw).toMatch(/^X-Marking: diffusion restreinte/m);
    expect(smtp.delivered[0]?.raw).toMatch(/filename="?note\.txt/);
  });

  it('cannot slip a recipient into what they are shown', async () => {
    const added: unknown[] = [];
    stand.hooks.on('p', 'message:outbound', ({ envelope }) => {
      try {
        (envelope.to as string[]).push('eve@evil.example');
      } catch (error) {
        added.push(error);
      }
    });

    await send((await aDraft()).id);

    expect(added).toEqual([expect.any(TypeError)]);
    expect(smtp.delivered.map(({ to }) => to)).toEqual([['bob@culture.example']]);
  });

  it.each([
    { name: 'Bcc', value: 'eve@evil.example' },
    { name: 'X-A', value: 'b\r\nBcc: eve@evil.example' },
    { name: 'X A', value: 'b' },
  ])('cannot add the header $name', async (header) => {
    stand.hooks.on('p', 'message:outbound', (message) => ({ ...message, headers: [header] }));

    await send((await aDraft()).id);

    expect(smtp.delivered[0]?.raw).not.toMatch(/eve@evil|^X A/m);
  });

  it('sanitises what they write as HTML', async () => {
    stand.hooks.on('p', 'message:outbound', (message) => ({
      ...message,
      html: '<p onclick="x()">a<script>alert(1)</script></p>',
    }));

    await send((await aDraft({ format: 'html', html: '<p>a</p>' })).id);

    expect(smtp.delivered[0]?.raw).not.toMatch(/onclick|script/);
  });

  it('may take charge of the message, which then waits until it is released', async () => {
    const remover = stand.hooks.on('later', 'message:deliver', () => ({ queued: true }));
    const draft = await aDraft();

    expect(await send(draft.id)).toMatchObject({ kind: 'queued', by: 'later' });
    expect(await send(draft.id)).toMatchObject({ kind: 'queued', by: 'later' });
    expect(smtp.commands).toEqual([]);
    expect((await stand.compose.load(actor, draft.id)).sending).toBe('held');

    remover();
    expect(await stand.compose.resend(actor, draft.id)).toMatchObject({ kind: 'sent' });
    expect(smtp.delivered).toHaveLength(1);
  });
});

describe('the server refuses or is away', () => {
  it.each([
    [
      'all recipients refused',
      { rcpt: { 'bob@culture.example': '550 no' } },
      {
        kind: 'rejected',
        refused: 'recipients',
        rejected: [{ mail: 'bob@culture.example', code: 550 }],
      },
    ],
    ['message refused', { end: '554 virus' }, { kind: 'rejected', refused: 'content' }],
    ['DATA refused', { data: '554 no' }, { kind: 'rejected', refused: 'content' }],
    ['too large, said at the end', { end: '552 5.3.4 big' }, { kind: 'rejected', refused: 'size' }],
    ['too large, said by EHLO', { extensions: ['SIZE 10'] }, { kind: 'rejected', refused: 'size' }],
    ['sender refused', { mail: '550 5.7.1 you' }, { kind: 'rejected', refused: 'sender' }],
    ['message deferred', { end: '451 later' }, { kind: 'deferred', reason: 'temporary' }],
    ['sender deferred', { mail: '450 later' }, { kind: 'deferred', reason: 'temporary' }],
  ])('%s: says so, keeps the draft, and may be tried again', async (_name, script, expected) => {
    smtp.script = script;
    const draft = await aDraft();

    expect(await send(draft.id)).toMatchObject(expected);
    expect(smtp.delivered).toEqual([]);
    expect(stand.mail.all('Sent')).toEqual([]);
    expect((await stand.compose.load(actor, draft.id)).sending).toBe('failed');

    smtp.script = {};
    expect(await send(draft.id)).toMatchObject({ kind: 'sent', repeated: false });
    expect(smtp.delivered).toHaveLength(1);
  });

  it('nobody listens: deferred', async () => {
    actor = aWriter({ smtpPort: 1 });

    expect(await send((await aDraft()).id)).toEqual({ kind: 'deferred', reason: 'unreachable' });
  });

  it('some recipients refused: sent once to the others, and says which', async () => {
    smtp.script = { rcpt: { 'gone@b.example': '550 no' } };
    const draft = await aDraft({ to: 'bob@culture.example, gone@b.example' });
    const expected = {
      kind: 'partial',
      accepted: ['bob@culture.example'],
      rejected: [{ mail: 'gone@b.example', code: 550 }],
      sentCopy: true,
    };

    expect(await send(draft.id)).toEqual(expected);
    expect(await send(draft.id)).toEqual(expected);
    expect(smtp.delivered).toHaveLength(1);
  });

  it('a credential refused leaves a draft, not a failure', async () => {
    smtp.script = { extensions: ['AUTH PLAIN'], auth: '535 no' };
    const smtpServer = { ...actor.site.smtp, auth: 'user' as const };
    actor = { ...actor, site: { ...actor.site, smtp: smtpServer } };
    const draft = await aDraft();

    expect(await send(draft.id)).toMatchObject({ kind: 'rejected', refused: 'credential' });
    expect((await stand.compose.load(actor, draft.id)).text).toBe(draft.text);
  });
});

describe('the answer is lost after the last bytes', () => {
  it('is unknown, is never resent by itself, and is resent with the same bytes when told to', async () => {
    smtp.script = { end: 'drop' };
    const draft = await aDraft();

    const outcome = await send(draft.id);
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(await send(draft.id)).toEqual(outcome);
    expect(await stand.compose.recover()).toEqual({ unknown: 0 });
    expect(smtp.delivered).toHaveLength(1);
    expect(await stand.compose.load(actor, draft.id)).toMatchObject({
      sending: 'unknown',
      text: draft.text,
    });

    smtp.script = {};
    expect(await stand.compose.resend(actor, draft.id)).toMatchObject({ kind: 'sent' });
    expect(smtp.delivered).toHaveLength(2);
    expect(smtp.delivered[1]).toEqual(smtp.delivered[0]);
  });

  it('stays unknown when the confirmed retry is refused', async () => {
    smtp.script = { end: 'drop' };
    const draft = await aDraft();
    await send(draft.id);

    smtp.script = { mail: '550 no' };
    expect(await stand.compose.resend(actor, draft.id)).toMatchObject({ kind: 'rejected' });

    expect(await outboxState(draft.id)).toBe('unknown');
  });

  it('may be discarded, files included', async () => {
    smtp.script = { end: 'drop' };
    const draft = await aDraft();
    await send(draft.id);

    await stand.compose.discard(actor, draft.id);

    await expect(send(draft.id)).rejects.toMatchObject({ code: 'draft/not-found' });
  });
});

describe('the copy in Sent', () => {
  it('is filed later when the mail server was away, without a second sending', async () => {
    stand.mail.down.add('append').add('flag');
    const draft = await aDraft();

    expect(await send(draft.id)).toMatchObject({ kind: 'sent', sentCopy: false });
    expect(await stand.compose.retrySentCopies(actor)).toEqual({ filed: 0 });

    stand.mail.down.clear();
    expect(await stand.compose.retrySentCopies(actor)).toEqual({ filed: 1 });
    expect(await stand.compose.retrySentCopies(actor)).toEqual({ filed: 0 });
    expect(stand.mail.all('Sent')).toEqual([smtp.delivered[0]?.raw]);
    expect(smtp.delivered).toHaveLength(1);
    expect(await send(draft.id)).toMatchObject({ kind: 'sent', sentCopy: true, repeated: true });
  });

  it('is not filed twice when only the answer of the mail server was lost', async () => {
    stand.mail.onAppend = (when) =>
      when === 'after' ? Promise.reject(new AppError('imap/timeout')) : Promise.resolve();
    expect(await send((await aDraft()).id)).toMatchObject({ sentCopy: false });

    stand.mail.onAppend = () => Promise.resolve();
    await stand.compose.retrySentCopies(actor);

    expect(stand.mail.all('Sent')).toHaveLength(1);
  });

  it('is not filed twice by two processes that retry together', async () => {
    stand.mail.down.add('append');
    await send((await aDraft()).id);
    stand.mail.down.clear();

    const filed = await Promise.all([
      stand.compose.retrySentCopies(actor),
      stand.another().retrySentCopies(actor),
    ]);

    expect(filed.map((found) => found.filed).reduce((a, b) => a + b)).toBe(1);
    expect(stand.mail.all('Sent')).toHaveLength(1);
  });
});

describe('two processes on one outbox', () => {
  const stopping = (until: Promise<void>): SmtpTransport => {
    const real = createSmtpTransport({ log: silentLog() });
    return {
      send: (request) =>
        real.send({
          ...request,
          beforeLast: async () => {
            await until;
            await request.beforeLast?.();
          },
        }),
    };
  };

  it('fences off a process that was wrongly taken for dead before the last bytes', async () => {
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow = await aComposeStand({ transport: stopping(gate) });
    try {
      const id = newId();
      await slow.compose.ensure(actor, id, { mode: 'new' });
      await slow.compose.save(actor, id, FIELDS, { baseRevision: 0, toServer: false });
      const first = slow.compose.send(actor, id, { confirmed: [] });
      const settled = first.catch((error: unknown) => error);
      while (smtp.commands.at(-1) !== 'DATA') await new Promise(setImmediate);
      await slow.db.knex('outbox').update({ lease_until: 0, owner: 'elsewhere|1|gone|x' });
      await slow.compose.recover();
      goOn();

      expect(await settled).toMatchObject({ code: 'draft/conflict' });
      expect(smtp.delivered).toEqual([]);
      await expect(slow.compose.load(actor, id)).resolves.toMatchObject({ text: FIELDS.text });
    } finally {
      goOn();
      await slow.close();
    }
  });

  it('refuses changes to what is being sent', async () => {
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow = await aComposeStand({ transport: stopping(gate) });
    try {
      const id = newId();
      await slow.compose.ensure(actor, id, { mode: 'new' });
      await slow.compose.save(actor, id, FIELDS, { baseRevision: 0, toServer: false });
      const sending = slow.compose.send(actor, id, { confirmed: [] });
      while (!smtp.commands.some((line) => line.startsWith('EHLO')))
        await new Promise(setImmediate);

      const change = { ...FIELDS, text: 'autre' };
      await expect(
        slow.compose.save(actor, id, change, { baseRevision: 1, toServer: false }),
      ).rejects.toMatchObject({ code: 'draft/conflict' });
      await expect(slow.compose.discard(actor, id)).rejects.toMatchObject({
        code: 'draft/conflict',
      });

      goOn();
      expect(await sending).toMatchObject({ kind: 'sent' });
    } finally {
      goOn();
      await slow.close();
    }
  });
});

describe('other people', () => {
  it('get the same 404 for a draft of mine as for none', async () => {
    const draft = await aDraft();
    const bob = aWriter({ id: 2, smtpPort: smtp.port });
    const elsewhere = aWriter({ site: 'interieur', smtpPort: smtp.port });

    for (const stranger of [bob, elsewhere]) {
      for (const id of [draft.id, newId()]) {
        await expect(stand.compose.send(stranger, id, { confirmed: [] })).rejects.toMatchObject({
          code: 'draft/not-found',
        });
        await expect(stand.compose.load(stranger, id)).rejects.toMatchObject({
          code: 'draft/not-found',
        });
      }
    }
    await expect(stand.compose.ensure(bob, draft.id, { mode: 'new' })).rejects.toMatchObject({
      code: 'draft/not-found',
    });
    expect(smtp.commands).toEqual([]);
  });
});
