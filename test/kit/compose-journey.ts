import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import type { Draft, DraftFields } from '../../src/compose';
import type { Mail, Row } from '../../src/mail/types';
import type { Actor } from '../../src/session/types';
import type { Stand } from './compose-stand';

export interface Journey {
  readonly stand: Stand;
  readonly mail: Mail;
  /** With the working SMTP server. */
  readonly actor: Actor;
  /** Puts a message into the actor's inbox. */
  readonly deliver: (raw: string) => unknown;
  /** What SMTP accepted, oldest first. */
  readonly sent: () => readonly { readonly to: readonly string[]; readonly raw: Buffer }[];
}

const NEW: DraftFields = {
  identity: '',
  to: 'bob@culture.example',
  cc: '',
  bcc: 'zoe@elsewhere.example',
  subject: 'Réunion de lundi',
  format: 'html',
  text: '',
  html: '<p>Bonjour <b>Bob</b></p>',
};
let count = 0;
const newId = (): string => `jrny-${String(++count).padStart(17, '0')}`;

const ORIGINAL = [
  'From: Bob Leger <bob@culture.example>',
  'To: alice@culture.example',
  'Subject: Question',
  'Date: Mon, 02 Mar 2026 10:00:00 +0000',
  'Message-ID: <question@culture.example>',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: multipart/related; boundary=r',
  '',
  '--r',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Voir le logo <img src="cid:logo@x"></p>',
  '--r',
  'Content-Type: image/png',
  'Content-ID: <logo@x>',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1').toString('base64'),
  '--r--',
  '--b',
  'Content-Type: application/pdf; name=plan.pdf',
  'Content-Disposition: attachment; filename=plan.pdf',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('%PDF-1.4 plan').toString('base64'),
  '--b--',
  '',
].join('\r\n');

/** Writing and sending against real IMAP and SMTP conversations. */
export function composeJourney(journey: () => Journey): void {
  const rows = async (mailbox: string): Promise<readonly Row[]> => {
    const { mail, actor } = journey();
    const query = { mailbox, page: 1, sort: 'arrival', order: 'desc', criteria: {} } as const;
    return (await mail.list(actor, query)).rows;
  };
  const sourceOf = async (mailbox: string, row: Row): Promise<string> => {
    const { mail, actor } = journey();
    const { ref } = await mail.message(actor, { mailbox, uid: row.uid }, { markSeen: false });
    return text((await mail.source(actor, ref)).stream);
  };
  const save = async (draft: Draft, change: Partial<DraftFields>): Promise<Draft> => {
    const { stand, actor } = journey();
    const options = { baseRevision: draft.revision, toServer: true };
    const saved = await stand.compose.save(actor, draft.id, { ...draft, ...change }, options);
    expect(saved.savedOnServer).toBe(true);
    return saved.draft;
  };

  it('saves to Drafts, takes up again elsewhere, sends and files the very same bytes', async () => {
    const { stand, actor, mail, sent } = journey();
    const drafts = await mail.special(actor, 'drafts');
    const first = await stand.compose.ensure(actor, newId(), { mode: 'new' });
    await save(await save(first, NEW), { ...NEW, subject: 'Réunion de mardi' });
    const copies = await rows(drafts);
    expect(copies.map(({ subject }) => subject)).toEqual(['Réunion de mardi']);

    // As after the loss of our own store: only the server knows the draft.
    await stand.db.knex('drafts').delete();
    const original = { mailbox: drafts, uid: copies[0]?.uid ?? 0 };
    const again = await stand.compose.ensure(actor, newId(), { mode: 'edit', original });
    expect(again).toMatchObject({
      to: 'bob@culture.example',
      bcc: 'zoe@elsewhere.example',
      subject: 'Réunion de mardi',
      format: 'html',
    });
    expect(again.html).toMatch(/<b>Bob<\/b>/);

    const outcome = await stand.compose.send(actor, again.id, { confirmed: [] });

    expect(outcome).toMatchObject({ kind: 'sent', sentCopy: true });
    const message = sent().at(-1);
    expect(message?.to).toEqual(['bob@culture.example', 'zoe@elsewhere.example']);
    expect(message?.raw.toString()).not.toMatch(/zoe@/);
    const sentBox = await mail.special(actor, 'sent');
    const [copy] = await rows(sentBox);
    expect(copy && (await sourceOf(sentBox, copy))).toBe(message?.raw.toString());
    expect(copy?.isSeen).toBe(true);
    expect(await rows(drafts)).toEqual([]);
  });

  it('answers with a file, and marks the original as answered', async () => {
    const { stand, actor, deliver, sent } = journey();
    await deliver(ORIGINAL);
    const [row] = await rows('INBOX');
    const original = { mailbox: 'INBOX', uid: row?.uid ?? 0 };
    const init = { mode: 'reply' as const, original };
    const { id } = await stand.compose.prepare(actor, init);
    const draft = await stand.compose.ensure(actor, id, init);
    expect(draft.html).toContain('<blockquote');
    const file = {
      filename: 'réponse.txt',
      declaredType: 'text/plain',
      stream: Readable.from(['oui']),
    };
    await stand.compose.attach(actor, id, file);

    expect(await stand.compose.send(actor, id, { confirmed: [] })).toMatchObject({ kind: 'sent' });

    const raw = sent().at(-1)?.raw.toString() ?? '';
    expect(raw).toMatch(/^In-Reply-To: <question@culture\.example>/m);
    expect(raw).toMatch(/^Content-Disposition: attachment;/m);
    expect((await rows('INBOX')).find(({ uid }) => uid === row?.uid)?.isAnswered).toBe(true);
  });

  it('says how important it is and asks to be told of its reading, in the draft too', async () => {
    const { stand, actor, sent, mail } = journey();
    const { id, revision } = await stand.compose.ensure(actor, newId(), { mode: 'new' });
    const wishes = { priority: 'high', receipt: true, report: true, language: 'de' } as const;
    const fields: DraftFields = { ...NEW, ...wishes };
    const options = { baseRevision: revision, toServer: true };
    expect((await stand.compose.save(actor, id, fields, options)).draft).toMatchObject(wishes);
    const drafts = await mail.special(actor, 'drafts');
    const [copy] = await rows(drafts);
    const again = await stand.compose.ensure(actor, newId(), {
      mode: 'again',
      original: { mailbox: drafts, uid: copy?.uid ?? 0 },
    });
    expect(again).toMatchObject(wishes);
    await stand.compose.discard(actor, again.id);
    // This server makes no reports of delivery, which is said.
    expect(await stand.compose.send(actor, id, { confirmed: [] })).toMatchObject({
      kind: 'sent',
      isReported: false,
    });
    const raw = sent().at(-1)?.raw.toString() ?? '';
    expect(raw).toMatch(/^Content-Language: de\r$/m);
    expect(raw).not.toContain('X-Estafette');
    expect(raw).toMatch(/^Importance: high\r$/m);
    expect(raw).toMatch(/^X-Priority: 1\r$/m);
    expect(raw).toMatch(/^Disposition-Notification-To: <?alice@culture\.example>?\r$/m);
  });

  it('writes one again as new: its words and files, tied to nothing, and it stays as it was', async () => {
    const { stand, actor, deliver, sent } = journey();
    await deliver(ORIGINAL);
    const [row] = await rows('INBOX');
    const original = { mailbox: 'INBOX', uid: row?.uid ?? 0 };
    const draft = await stand.compose.ensure(actor, newId(), { mode: 'again', original });
    expect(draft).toMatchObject({
      to: 'alice@culture.example',
      subject: 'Question',
      original: undefined,
      inReplyTo: undefined,
      references: [],
    });
    expect(draft.html).toContain('Voir le logo');
    expect(await stand.compose.send(actor, draft.id, { confirmed: [] })).toMatchObject({
      kind: 'sent',
    });
    const raw = sent().at(-1)?.raw.toString() ?? '';
    expect(raw).toMatch(/filename="?plan\.pdf/);
    expect(raw).not.toMatch(/^(?:In-Reply-To|References):/m);
    expect(raw).not.toContain('<question@culture.example>');
    const [after] = (await rows('INBOX')).filter(({ uid }) => uid === row?.uid);
    expect([after?.isAnswered, after?.subject]).toEqual([false, 'Question']);
  });

  it('forwards inline and whole, attachments intact', async () => {
    const { stand, actor, deliver, sent, mail } = journey();
    await deliver(ORIGINAL);
    const [row] = await rows('INBOX');
    const original = { mailbox: 'INBOX', uid: row?.uid ?? 0 };
    for (const mode of ['forward', 'forward-attached'] as const) {
      const draft = await stand.compose.ensure(actor, newId(), { mode, original });
      const to = 'bob@culture.example';
      const options = { baseRevision: draft.revision, toServer: false };
      await stand.compose.save(actor, draft.id, { ...draft, to }, options);
      expect(await stand.compose.send(actor, draft.id, { confirmed: [] })).toMatchObject({
        kind: 'sent',
      });
    }

    const sentBox = await mail.special(actor, 'sent');
    const [whole, inline] = (await rows(sentBox)).map(({ uid }) => ({ mailbox: sentBox, uid }));
    if (!whole || !inline) throw new Error('no copies in Sent');
    const view = await mail.message(actor, inline);
    const plan = view.attachments.find(({ filename }) => filename === 'plan.pdf');
    const part = await mail.part(actor, view.ref, plan?.part ?? '');
    expect((await buffer(part.stream)).toString()).toBe('%PDF-1.4 plan');
    const nested = await mail.message(actor, whole);
    expect(nested.attachments).toEqual([expect.objectContaining({ isMessage: true })]);
    expect(sent().at(-1)?.raw.toString()).toContain('Message-ID: <question@culture.example>');
    expect((await rows('INBOX')).find(({ uid }) => uid === row?.uid)?.isForwarded).toBe(true);
  });
}
