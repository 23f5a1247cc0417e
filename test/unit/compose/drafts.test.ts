import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { attachableBytes, type Draft, type DraftFields } from '../../../src/compose';
import { aComposeStand, aWriter, type Stand } from '../../kit/compose-stand';

let stand: Stand;
const actor = aWriter();

beforeEach(async () => {
  stand = await aComposeStand();
});
afterEach(() => stand.close());

const FIELDS: DraftFields = {
  identity: '',
  to: 'bob@culture.example',
  cc: '',
  bcc: '',
  subject: 'Sujet',
  format: 'plain',
  text: 'Texte',
  html: '',
};
let count = 0;
const newId = (): string => `draft-${String(++count).padStart(16, '0')}`;

async function aDraft(): Promise<Draft> {
  return stand.compose.ensure(actor, newId(), { mode: 'new' });
}
const save = (
  draft: Pick<Draft, 'id' | 'revision'>,
  change: Partial<DraftFields>,
  toServer = false,
) =>
  stand.compose.save(
    actor,
    draft.id,
    { ...FIELDS, ...change },
    {
      baseRevision: draft.revision,
      toServer,
    },
  );

const PNG = Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1');
const upload = (bytes: Buffer | string, filename = 'note.txt', declaredType = 'text/plain') => ({
  filename,
  declaredType,
  stream: Readable.from([Buffer.from(bytes)], { objectMode: false }),
});
const files = (): string[] =>
  readdirSync(stand.uploadsDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

describe('saving', () => {
  it('keeps the fields as typed, invalid addresses too, and counts revisions', async () => {
    const draft = await aDraft();
    const { draft: saved } = await save(draft, { to: 'pas une adresse, x@' });

    expect(saved.revision).toBe(draft.revision + 1);
    expect(await stand.compose.load(actor, draft.id)).toEqual(saved);
    expect(saved.to).toBe('pas une adresse, x@');
  });

  it('flattens the subject and sanitises the HTML', async () => {
    const { draft } = await save(await aDraft(), {
      subject: 'a\r\nBcc: eve@evil.example\0',
      format: 'html',
      html: '<p onclick="x()">b<script>1</script><img src="cid:a@b"></p>',
    });

    expect(draft.subject).toBe('a Bcc: eve@evil.example');
    expect(draft.html).not.toMatch(/onclick|script/);
    expect(draft.html).toMatch(/cid:a@b/);
  });

  it('refuses what no person types', async () => {
    await expect(save(await aDraft(), { text: 'x'.repeat(5_000_001) })).rejects.toMatchObject({
      code: 'request/too-large',
    });
  });

  it('lists what is not sent, newest first', async () => {
    const first = await aDraft();
    const second = await aDraft();
    await save(second, { subject: 'b' });
    await save(first, { subject: 'a' });

    const subjects = (await stand.compose.unfinished(actor)).map(({ subject }) => subject);

    expect(subjects.sort()).toEqual(['a', 'b']);
    expect(await stand.compose.unfinished(aWriter({ id: 2 }))).toEqual([]);
  });
});

describe('discarding', () => {
  it('is done for a draft that was never saved, or is gone', async () => {
    const draft = await aDraft();
    await stand.compose.discard(actor, draft.id);
    await expect(stand.compose.discard(actor, draft.id)).resolves.toBeUndefined();
    await expect(stand.compose.discard(actor, newId())).resolves.toBeUndefined();
  });

  it("answers the same for another agent's draft, which stays", async () => {
    const draft = await aDraft();
    await expect(stand.compose.discard(aWriter({ id: 2 }), draft.id)).resolves.toBeUndefined();
    expect(await stand.compose.load(actor, draft.id)).toMatchObject({ id: draft.id });
  });
});

describe('a save that another one overtakes inside the database', () => {
  /** As PostgreSQL does: the row changes between the reading and the writing of one transaction. */
  function overtake(times: number): void {
    const { transaction } = stand.db;
    let left = times;
    jest.spyOn(stand.db, 'transaction').mockImplementation((work) =>
      transaction((trx) =>
        work(
          new Proxy(trx, {
            apply(target, self, [table]: [string]) {
              const builder: object = Reflect.apply(target, self, [table]);
              const lose = (): Promise<number> => Promise.resolve(0);
              if (table === 'drafts' && left > 0) {
                Reflect.set(builder, 'update', () => {
                  left--;
                  return lose();
                });
              }
              return builder;
            },
          }),
        ),
      ),
    );
  }

  it('looks again, and saves', async () => {
    const draft = await aDraft();
    overtake(2);

    const { draft: saved, conflictWith } = await save(draft, { text: 'gardé' });

    expect(saved).toMatchObject({ id: draft.id, revision: draft.revision + 1, text: 'gardé' });
    expect(conflictWith).toBeUndefined();
  });

  it('says so when that does not end', async () => {
    const draft = await aDraft();
    overtake(100);

    await expect(save(draft, { text: 'x' })).rejects.toMatchObject({ code: 'draft/conflict' });
  });
});

describe('two tabs on one draft', () => {
  it('keeps both texts: the other one becomes a draft, with its files', async () => {
    const draft = await aDraft();
    await stand.compose.attach(actor, draft.id, upload('contenu'));
    await save(draft, { text: 'onglet A' });

    const { draft: mine, conflictWith } = await save(draft, { text: 'onglet B' });

    expect(mine).toMatchObject({ id: draft.id, text: 'onglet B' });
    const other = await stand.compose.load(actor, conflictWith ?? '');
    expect(other).toMatchObject({ text: 'onglet A', attachments: [{ filename: 'note.txt' }] });
    await stand.compose.discard(actor, draft.id);
    const [attachment] = other.attachments;
    const copy = await stand.compose.attachment(actor, other.id, attachment?.id ?? '');
    expect(await text(copy.stream)).toBe('contenu');
  });

  it('makes two drafts of two tabs that save in turn, not one at each save', async () => {
    const draft = await aDraft();
    let a = (await save(draft, { text: 'A1' })).draft;
    let b = (await save(draft, { text: 'B1' })).draft;
    for (let round = 2; round < 6; round++) {
      a = (await save(a, { text: `A${round}` })).draft;
      b = (await save(b, { text: `B${round}` })).draft;
    }

    const texts = (await stand.compose.unfinished(actor)).map((found) => found.text);
    expect(texts.sort()).toEqual(['A5', 'B5']);
  });

  it('finds no conflict in the same text saved twice', async () => {
    const draft = await aDraft();
    await save(draft, { text: 'pareil' });

    expect((await save(draft, { text: 'pareil' })).conflictWith).toBeUndefined();
    expect(await stand.compose.unfinished(actor)).toHaveLength(1);
  });

  it('loses nothing when ten saves race', async () => {
    const draft = await aDraft();
    const words = Array.from({ length: 10 }, (_, index) => `texte ${index}`);

    await Promise.all(words.map((word) => save(draft, { text: word })));

    const texts = (await stand.compose.unfinished(actor)).map((found) => found.text);
    expect(texts).toEqual(expect.arrayContaining(words));
  });
});

describe('the copy in Drafts', () => {
  it('has no encoded word on a line of more than 76 characters', async () => {
    const people = Array.from(
      { length: 30 },
      (_, index) => `"${'é'.repeat(index)}x" <${'x'.repeat(2 * index)}@x.example>`,
    );
    await save(await aDraft(), { bcc: people.slice(1).join(', ') }, true);

    const [copy = ''] = stand.mail.all('Drafts');
    const lines = copy.split(/\r?\n/).filter((line) => line.includes('=?'));
    expect(lines.length).toBeGreaterThan(29);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(76);
  });

  it('is replaced at each save, and goes with the draft', async () => {
    const draft = await aDraft();
    const { draft: once } = await save(draft, { text: 'un', bcc: 'Zoé <zoe@x.example>' }, true);
    const { savedOnServer } = await save(once, { text: 'deux', bcc: 'Zoé <zoe@x.example>' }, true);

    const copies = stand.mail.all('Drafts');
    expect(savedOnServer).toBe(true);
    expect(copies).toHaveLength(1);
    expect(copies[0]).toMatch(/deux/);
    expect(copies[0]).toMatch(new RegExp(`^X-Estafette-Draft: ${draft.id}`, 'm'));
    expect(copies[0]).toMatch(/^Bcc: =\?UTF-8\?B\?.*<zoe@x\.example>/);

    await stand.compose.discard(actor, draft.id);
    expect(stand.mail.all('Drafts')).toEqual([]);
  });

  it('may fail: the text is safe, and said not to be on the server', async () => {
    stand.mail.down.add('append');
    const draft = await aDraft();

    const { savedOnServer, draft: saved } = await save(draft, { text: 'sauf' }, true);

    expect(savedOnServer).toBe(false);
    expect((await stand.compose.load(actor, draft.id)).text).toBe('sauf');

    stand.mail.down.clear();
    await save(saved, { text: 'sauf' }, true);
    expect(stand.mail.all('Drafts')).toHaveLength(1);
  });

  it('is one after a burst of saves', async () => {
    let draft = await aDraft();
    const saves: Promise<unknown>[] = [];
    for (let round = 0; round < 5; round++) {
      draft = (await save(draft, { text: `t${round}` })).draft;
      saves.push(save(draft, { text: `t${round}` }, true));
    }
    await Promise.all(saves);

    expect(stand.mail.all('Drafts')).toHaveLength(1);
  });
});

describe('opening', () => {
  const RAW = [
    'From: Bob <bob@culture.example>',
    'To: Alice <alice@culture.example>, carol@culture.example',
    'Cc: dave@culture.example, ALICE@culture.example',
    'Subject: RE: Tr: Réunion',
    'Date: Mon, 02 Mar 2026 10:00:00 +0000',
    'Message-ID: <o@x.example>',
    'References: <a@x.example>',
    '',
    'corps',
  ].join('\n');
  const original = (raw = RAW, content = {}) => ({
    mailbox: 'INBOX',
    uid: stand.mail.put('INBOX', raw, { text: 'corps', ...content }),
  });

  it('writes nothing before the first save', async () => {
    const prepared = await stand.compose.prepare(actor, { mode: 'reply', original: original() });

    expect(prepared.revision).toBe(0);
    expect(await stand.compose.unfinished(actor)).toEqual([]);
    const again = await stand.compose.prepare(actor, { mode: 'new' });
    expect(again.id).not.toBe(prepared.id);
  });

  it('answers the author, or everybody but oneself', async () => {
    const init = original();
    const one = await stand.compose.prepare(actor, { mode: 'reply', original: init });
    const all = await stand.compose.prepare(actor, { mode: 'reply-all', original: init });

    expect(one).toMatchObject({ to: 'Bob <bob@culture.example>', cc: '', subject: 'Re: Réunion' });
    expect(all).toMatchObject({
      to: 'Bob <bob@culture.example>',
      cc: 'carol@culture.example, dave@culture.example',
      inReplyTo: '<o@x.example>',
      references: ['<a@x.example>', '<o@x.example>'],
    });
    expect(one.text).toMatch(/compose\.quote\.attribution\(.*\|Bob\)\n> corps/);
    expect(one.html).toMatch(/<blockquote/);
  });

  it('honours Reply-To, and follows one of my own messages to where it went', async () => {
    const other = original(RAW.replace('\nTo:', '\nReply-To: liste@culture.example\nTo:'));
    const mine = original(RAW.replace('From: Bob <bob@', 'From: <alice@'));

    const toList = await stand.compose.prepare(actor, { mode: 'reply', original: other });
    const follow = await stand.compose.prepare(actor, { mode: 'reply', original: mine });

    expect(toList.to).toBe('liste@culture.example');
    expect(follow.to).toBe('carol@culture.example');
  });

  it('answers from the alias that was written to', async () => {
    const alias = aWriter({ aliases: ['carol@culture.example'] });
    const raw = RAW.replace('Alice <alice@culture.example>, ', '').replace(
      ', ALICE@culture.example',
      '',
    );

    const draft = await stand.compose.prepare(alias, { mode: 'reply', original: original(raw) });

    expect(draft.identity).toBe('carol@culture.example');
  });

  it('sets the signature once, below the text and above or below the quote', async () => {
    const init = { mode: 'reply' as const, original: original() };
    await stand.settings.write(actor.user.id, 'core', { 'writing.signature': 'Alice\nDRAC' });
    const bottom = await stand.compose.prepare(actor, init);
    await stand.settings.write(actor.user.id, 'core', { 'writing.quotePosition': 'top' });
    const top = await stand.compose.prepare(actor, init);

    expect(bottom.text.indexOf('-- \nAlice')).toBeLessThan(bottom.text.indexOf('> corps'));
    expect(top.text.indexOf('-- \nAlice')).toBeGreaterThan(top.text.indexOf('> corps'));
    expect(bottom.text.match(/^-- $/gm)).toHaveLength(1);
  });

  it('forwards with the attachments, and the images that the HTML shows inline', async () => {
    const init = {
      mode: 'forward' as const,
      original: original(RAW, {
        html: '<p>voir <img src="cid:logo@x"></p>',
        parts: [
          { filename: 'logo.png', type: 'image/png', bytes: PNG, contentId: 'logo@x' },
          { filename: 'a/../plan é.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1') },
        ],
      }),
    };
    const prepared = await stand.compose.prepare(actor, init);
    const draft = await stand.compose.ensure(actor, prepared.id, init);

    expect(prepared.attachments.map(({ id }) => id)).toEqual(['pending:2', 'pending:3']);
    expect(draft.attachments).toEqual([
      expect.objectContaining({ filename: 'logo.png', contentId: 'logo@x' }),
      expect.objectContaining({ filename: 'plan é.pdf', contentId: undefined, sizeBytes: 6 }),
    ]);
    expect(draft.subject).toBe('compose.forward.prefix: Réunion');
    expect(draft.html).toMatch(/compose\.forward\.heading/);
  });

  it('answers although an image of the original is none, or does not fit', async () => {
    const html = '<p><img src="cid:fake@x"><img src="cid:huge@x"><img src="cid:good@x"></p>';
    const huge = Buffer.concat([PNG, Buffer.alloc(1_000_000)]);
    const parts = [
      {
        filename: 'fake.png',
        type: 'image/png',
        bytes: Buffer.from('<svg/>'),
        contentId: 'fake@x',
      },
      { filename: 'huge.png', type: 'image/png', bytes: huge, contentId: 'huge@x' },
      { filename: 'good.png', type: 'image/png', bytes: PNG, contentId: 'good@x' },
    ];
    const init = { mode: 'reply' as const, original: original(RAW, { html, parts }) };

    const draft = await stand.compose.ensure(actor, newId(), init);

    expect(draft.attachments.map(({ filename, contentId }) => [filename, contentId])).toEqual([
      ['fake.png', undefined],
      ['good.png', 'good@x'],
    ]);
  });

  it('makes one whole draft of two first posts at once', async () => {
    const parts = [{ filename: 'a.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1') }];
    const init = { mode: 'forward' as const, original: original(RAW, { parts }) };
    const id = newId();

    const both = await Promise.all([
      stand.compose.ensure(actor, id, init),
      stand.another().ensure(actor, id, init),
    ]);

    expect(both[0]).toEqual(both[1]);
    expect(both[0].attachments).toHaveLength(1);
    expect(files()).toHaveLength(1);
  });

  it('leaves neither draft nor files when an attachment cannot be brought', async () => {
    const parts = [
      { filename: 'a.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1') },
      { filename: 'b.bin', type: 'application/x-b', bytes: Buffer.alloc(1_000_000) },
    ];
    const init = { mode: 'forward' as const, original: original(RAW, { parts }) };

    await expect(stand.compose.ensure(actor, newId(), init)).rejects.toMatchObject({
      code: 'attachment/too-large',
    });
    expect(files()).toEqual([]);
    expect(await stand.compose.unfinished(actor)).toEqual([]);
  });

  it('forwards the whole message as an attachment', async () => {
    const init = { mode: 'forward-attached' as const, original: original() };
    const draft = await stand.compose.ensure(actor, newId(), init);

    expect(draft.attachments).toEqual([expect.objectContaining({ type: 'message/rfc822' })]);
    const [attachment] = draft.attachments;
    const { stream } = await stand.compose.attachment(actor, draft.id, attachment?.id ?? '');
    expect(await text(stream)).toMatch(/Message-ID: <o@x\.example>/);
  });

  it('keeps the text of an answer whose original is gone by the first save', async () => {
    const gone = { mailbox: 'INBOX', uid: 999 };
    const draft = await stand.compose.ensure(actor, newId(), { mode: 'reply', original: gone });

    expect((await save(draft, { text: 'réponse' })).draft.text).toBe('réponse');
    await expect(
      stand.compose.ensure(actor, newId(), { mode: 'forward', original: gone }),
    ).rejects.toMatchObject({ code: 'message/not-found' });
  });

  it('finds its own draft again from its copy in Drafts', async () => {
    const draft = await aDraft();
    await save(draft, { text: 'en cours' }, true);
    const uid = 1;

    const found = await stand.compose.prepare(actor, {
      mode: 'edit',
      original: { mailbox: 'Drafts', uid },
    });

    expect(found).toMatchObject({ id: draft.id, text: 'en cours' });
  });

  it('restores a draft written elsewhere, and replaces it at the next save', async () => {
    const raw =
      'From: alice@culture.example\nTo: bob@culture.example\nBcc: zoe@x.example\nSubject: Brouillon\nMessage-ID: <t@x.example>\nIn-Reply-To: <p@x.example>\nReferences: <p@x.example>\n\ncorps';
    const uid = stand.mail.put('Drafts', raw, { text: 'corps' });
    const init = { mode: 'edit' as const, original: { mailbox: 'Drafts', uid } };

    const draft = await stand.compose.ensure(actor, newId(), init);
    expect(draft).toMatchObject({
      to: 'bob@culture.example',
      bcc: 'zoe@x.example',
      subject: 'Brouillon',
      text: 'corps',
      format: 'plain',
      inReplyTo: '<p@x.example>',
    });

    await save(draft, { text: 'repris' }, true);
    expect(stand.mail.all('Drafts')).toEqual([expect.stringMatching(/repris/)]);
  });

  it('ignores a header that names the draft of somebody else', async () => {
    const bobs = await stand.compose.ensure(aWriter({ id: 2 }), newId(), { mode: 'new' });
    const raw = `From: eve@x.example\nX-Estafette-Draft: ${bobs.id}\n\nx`;
    const uid = stand.mail.put('Drafts', raw, { text: 'x' });

    const found = await stand.compose.prepare(actor, {
      mode: 'edit',
      original: { mailbox: 'Drafts', uid },
    });

    expect(found.id).not.toBe(bobs.id);
  });

  it('lets plugins fill it, and sanitises after them', async () => {
    stand.hooks.on('p', 'compose:draft', (seed) => ({
      ...seed,
      subject: `[DRAC] ${seed.subject}`,
    }));
    stand.hooks.on('p', 'compose:body', (body) => ({
      ...body,
      html: '<p>x<script>1</script></p>',
    }));

    const draft = await stand.compose.prepare(actor, { mode: 'new', prefill: { subject: 'Avis' } });

    expect(draft.subject).toBe('[DRAC] Avis');
    expect(draft.html).not.toMatch(/script/);
  });
});

describe('uploads', () => {
  it('stores them whole, hands them back, and forgets them', async () => {
    const draft = await aDraft();
    const attachment = await stand.compose.attach(
      actor,
      draft.id,
      upload('données', '../../é\r\n.txt'),
    );

    const { info, stream } = await stand.compose.attachment(actor, draft.id, attachment.id);
    expect(await text(stream)).toBe('données');
    expect(info.filename).not.toMatch(/[/\r\n]/);

    await stand.compose.detach(actor, draft.id, attachment.id);
    expect(files()).toEqual([]);
  });

  it('stops what is too large before it is read whole, and leaves nothing', async () => {
    const draft = await aDraft();
    let read = 0;
    const endless = new Readable({
      read() {
        read += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    const big = { filename: 'a', declaredType: 'x/y', stream: endless };

    await expect(stand.compose.attach(actor, draft.id, big)).rejects.toMatchObject({
      code: 'attachment/too-large',
    });
    expect(read).toBeLessThan(3_000_000);
    expect(endless.destroyed).toBe(true);
    expect(files()).toEqual([]);
  });

  it('counts all files of a draft against what fits encoded', async () => {
    const draft = await aDraft();
    const half = Buffer.alloc(Math.floor(attachableBytes(1_000_000) / 2) - 10);
    await stand.compose.attach(actor, draft.id, upload(half));
    await stand.compose.attach(actor, draft.id, upload(half));

    await expect(stand.compose.attach(actor, draft.id, upload(half))).rejects.toMatchObject({
      code: 'attachment/too-large',
    });
    expect(files()).toHaveLength(2);
  });

  it('leaves nothing of an upload that breaks off', async () => {
    const draft = await aDraft();
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('début');
        throw new Error('connection reset');
      })(),
      { objectMode: false },
    );

    await expect(
      stand.compose.attach(actor, draft.id, { filename: 'a', declaredType: 'x/y', stream: broken }),
    ).rejects.toThrow('connection reset');
    expect(files()).toEqual([]);
  });

  it('shows inline only what is an image by its bytes', async () => {
    const draft = await aDraft();
    const image = await stand.compose.attach(actor, draft.id, {
      ...upload(PNG, 'a.svg', 'image/svg+xml'),
      inline: true,
    });
    const svg = { ...upload('<svg onload="x()"/>', 'a.png', 'image/png'), inline: true };

    expect(image).toMatchObject({ type: 'image/png', contentId: expect.any(String) });
    await expect(stand.compose.attach(actor, draft.id, svg)).rejects.toMatchObject({
      code: 'request/invalid',
    });
    expect(files()).toHaveLength(1);
  });

  it('asks plugins, and keeps nothing they refuse', async () => {
    stand.hooks.on('av', 'attachment:receiving', ({ sniffedType }) =>
      sniffedType === 'application/x-msdownload' ? { deny: true, code: 'virus' } : undefined,
    );
    const draft = await aDraft();

    await expect(
      stand.compose.attach(actor, draft.id, upload('MZ...', 'photo.jpg', 'image/jpeg')),
    ).rejects.toMatchObject({ code: 'plugin/denied' });
    expect(files()).toEqual([]);
  });

  it('are nobody else’s', async () => {
    const draft = await aDraft();
    const attachment = await stand.compose.attach(actor, draft.id, upload('x'));
    const other = await aDraft();
    const bob = aWriter({ id: 2 });

    for (const read of [
      () => stand.compose.attachment(bob, draft.id, attachment.id),
      () => stand.compose.attachment(actor, other.id, attachment.id),
      () => stand.compose.detach(bob, draft.id, attachment.id),
      () => stand.compose.attach(bob, draft.id, upload('y')),
      () => stand.compose.attachment(actor, draft.id, '../../db.sqlite'),
    ]) {
      await expect(read()).rejects.toMatchObject({ status: 404 });
    }
  });

  it('sweeps old files that no row speaks of, and only those', async () => {
    const draft = await aDraft();
    await stand.compose.attach(actor, draft.id, upload('gardé'));
    const dir = path.join(stand.uploadsDir, 'culture', draft.id);
    const outbox = path.join(stand.uploadsDir, 'culture', 'outbox');
    mkdirSync(outbox, { recursive: true });
    const orphans = [
      path.join(dir, 'orphelin'),
      path.join(dir, 'a-b.part'),
      path.join(outbox, `${draft.id}-12345678.eml`),
    ];
    for (const file of orphans) writeFileSync(file, 'x');
    writeFileSync(path.join(dir, 'recent'), 'x');
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const name of readdirSync(dir))
      if (name !== 'recent') utimesSync(path.join(dir, name), old, old);
    utimesSync(orphans[2] ?? '', old, old);

    expect(await stand.compose.sweepUploads()).toEqual({ files: 3 });
    expect(files()).toHaveLength(2);
    const [kept] = (await stand.compose.load(actor, draft.id)).attachments;
    const { stream } = await stand.compose.attachment(actor, draft.id, kept?.id ?? '');
    expect(await text(stream)).toBe('gardé');
  });
});
