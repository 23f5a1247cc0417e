import { inflateRawSync } from 'node:zlib';
import type { DemoApp } from '../../src/demo';
import type { WebAgent } from '../kit/agent';
import { formFields, type Page, textOf } from '../kit/html';
import { signedInDemo } from '../kit/signed-in-demo';

let demo: DemoApp;
let web: WebAgent;

beforeAll(async () => {
  ({ demo, web } = await signedInDemo());
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

function deliver(lines: readonly string[]): void {
  const { imap, agents } = demo.stack;
  if (!('faults' in imap)) throw new Error('needs the server in memory');
  imap.deliver(agents[0]?.username ?? '', Buffer.from(lines.join('\r\n'), 'latin1'));
}

/** Opens the message whose subject has a word; its page and its path. */
async function open(word: string): Promise<{ readonly page: Page; readonly path: string }> {
  const list = await web.get(`/mail/me/INBOX?q=${word}`);
  const href = list.all(
    (one) => one.name === 'a' && /\bsubject\b/.test(one.attribs['class'] ?? ''),
  )[0]?.attribs['href'];
  return { page: await web.get(href ?? ''), path: (href ?? '').split('?', 1)[0] ?? '' };
}

it('says in one sentence who is not who they say, and shows the way of the message', async () => {
  const { page, path } = await open('URGENT');

  expect(page.text).toContain('sender-check is-failed');
  expect(page.text).toContain('Cette adresse est peut-être usurpée.');
  const way = await web.get(`${path}/path`);
  expect(way.status).toBe(200);
  expect(way.all((one) => (one.attribs['class'] ?? '').startsWith('transit-step'))).toHaveLength(4);
  expect(way.text).toContain('mx.saisons.example');
});

it('is quiet about who is', async () => {
  const { page } = await open('neige');

  expect(page.text).toContain('vérifiée par mx.saisons.example');
  expect(page.text).not.toContain('peut-être usurpée');
});

it('leads over a page between where the text of a link names another host', async () => {
  const { path } = await open('URGENT');
  const body = await web.get(`${path}/body`);
  const link = body.all((one) => one.name === 'a')[0]?.attribs['href'] ?? '';

  const leave = await web.get(link.replace(/^https?:\/\/[^/]+/, ''));
  expect(leave.status).toBe(200);
  expect(leave.text).toContain('connexion.saisons-messagerie.example');
  const altered = await web.get(link.replace(/^https?:\/\/[^/]+/, '').replace('u=b', 'u=c'));
  expect(altered.status).toBe(422);
  expect(altered.text).not.toContain('connexion.saisons');
  expect((await web.get('/leave')).status).toBe(200);
});

it('gives all attachments as one archive, names without paths', async () => {
  deliver([
    'From: Camille <c@dehors.example>',
    'Subject: archive',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    ...['un', 'deux'].flatMap((text) => [
      '--b',
      'Content-Type: text/plain; name="../a.txt"',
      'Content-Disposition: attachment; filename="../a.txt"',
      '',
      text,
    ]),
    '--b--',
    '',
  ]);
  const { page, path } = await open('archive');
  expect(page.all((one) => one.attribs['data-action'] === 'zip')).toHaveLength(1);

  const answer = await web.raw(`${path}/attachments.zip`);
  expect(answer.headers.get('content-type')).toBe('application/zip');
  expect(answer.headers.get('content-security-policy')).toContain('sandbox');
  expect(filesOf(Buffer.from(await answer.arrayBuffer()))).toEqual([
    [expect.not.stringMatching(/[/\\]/), 'un'],
    [expect.stringContaining('(2)'), 'deux'],
  ]);
});

it('opens winmail.dat', async () => {
  const attribute = (id: number, data: Buffer): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUInt8(2);
    head.writeUInt32LE(id, 1);
    head.writeUInt32LE(data.length, 5);
    return Buffer.concat([head, data, Buffer.alloc(2)]);
  };
  const tnef = Buffer.concat([
    Buffer.from([0x78, 0x9f, 0x3e, 0x22, 1, 0]),
    attribute(0x00069002, Buffer.alloc(14)),
    attribute(0x00018010, Buffer.from('releve.txt\0')),
    attribute(0x0006800f, Buffer.from('quarante-deux')),
  ]);
  deliver([
    'From: Camille <c@dehors.example>',
    'Subject: wrapping',
    'MIME-Version: 1.0',
    'Content-Type: application/ms-tnef; name="winmail.dat"',
    'Content-Disposition: attachment; filename="winmail.dat"',
    'Content-Transfer-Encoding: base64',
    '',
    tnef.toString('base64'),
    '',
  ]);
  const { page, path } = await open('wrapping');
  const [file] = page.all((one) => one.attribs['data-attachment'] !== undefined);

  expect(file && textOf(file)).toBe('releve.txt');
  const answer = await web.raw(file?.attribs['href'] ?? '');
  expect(await answer.text()).toBe('quarante-deux');
  expect(answer.headers.get('content-disposition')).toContain('attachment; filename="releve.txt"');
  expect((await web.raw(`${path}/parts/1/files/7`)).status).toBe(404);
});

it('reports a message to the address of the site, and files it as junk with an undo', async () => {
  const { smtp } = demo.stack;
  const sent = () => smtp.transactions.filter(({ to }) => to[0]?.startsWith('hameconnage@'));
  deliver([
    'From: Banque <b@dehors.example>',
    'Message-ID: <piege@dehors.example>',
    'Subject: cagnotte',
    '',
    'cliquez',
  ]);
  const { page, path } = await open('cagnotte');
  const link = page.all((one) => one.attribs['data-action'] === 'report')[0]?.attribs['href'] ?? '';
  const ask = await web.get(link);
  expect(ask.status).toBe(200);
  expect(ask.text).toContain('hameconnage@');
  const form = (from: Page) => from.one('method', 'post');
  const without = await web.submit(ask, { form, fill: { kind: 'virus' } });
  expect(without.status).toBe(422);
  expect(without.text).toContain('Choisissez ce qu’est ce message.');

  smtp.faults.tempfail(true);
  const refused = await web.submit(ask, { form, fill: { kind: 'phishing' } });
  smtp.faults.tempfail(false);
  expect(refused.status).toBe(422);
  expect((await web.get(path)).status).toBe(200);
  expect(sent()).toHaveLength(0);

  const done = await web.submit(ask, { form, fill: { kind: 'phishing' } });
  expect(done.text).toContain('Merci. Le message a été transmis à hameconnage@');
  expect(done.all((one) => one.attribs['data-action'] === 'undo')).toHaveLength(1);
  expect(sent()).toHaveLength(1);
  expect(sent()[0]?.raw.toString()).toContain('message/rfc822');
  expect((await web.get(path)).status).toBe(404);
});

it('sends the receipt that a sender asks for by the agent’s hand alone, once', async () => {
  const { smtp } = demo.stack;
  const sent = () => smtp.transactions.filter(({ to }) => to[0] === 'chef@dehors.example');
  const ask = (subject: string) =>
    deliver([
      'Return-Path: <chef@dehors.example>',
      'From: Chef <chef@dehors.example>',
      'Disposition-Notification-To: chef@dehors.example',
      `Message-ID: <${subject}@dehors.example>`,
      `Subject: ${subject}`,
      '',
      'bonjour',
    ]);
  const form = (op: string) => (page: Page) => {
    const found = page
      .all((one) => one.name === 'form' && (one.attribs['action'] ?? '').includes('/receipt'))
      .find((one) => formFields(page, one).some(([, value]) => value === op));
    if (!found) throw new Error('no such form');
    return found;
  };
  ask('accuse');
  const { page, path } = await open('accuse');
  expect(page.text).toContain('demande un accusé de lecture');
  expect(sent()).toHaveLength(0);

  smtp.faults.tempfail(true);
  const failed = await web.submit(page, { form: form('send') });
  smtp.faults.tempfail(false);
  expect(failed.text).toContain('L’accusé de lecture n’est pas parti');
  const done = await web.submit(failed, { form: form('send') });
  expect(done.text).toContain('L’accusé de lecture est envoyé');
  expect(done.text).not.toContain('demande un accusé');
  await web.submit(page, { form: form('send') });
  expect(sent()).toHaveLength(1);
  expect(sent()[0]?.from).toBe('');
  expect(sent()[0]?.raw.toString()).toContain('Original-Message-ID: <accuse@dehors.example>');
  expect((await web.get(path)).text).not.toContain('demande un accusé');

  ask('refuse');
  const other = await open('refuse');
  const declined = await web.submit(other.page, { form: form('decline') });
  expect(declined.text).not.toContain('demande un accusé');
  expect(sent()).toHaveLength(1);
});

it('tells in plain words what came back, and doubts what nothing was sent for', async () => {
  const bounce = (subject: string, id: string) =>
    deliver([
      'From: Mail Delivery System <mailer-daemon@dehors.example>',
      `Subject: ${subject}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'Sorry.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.dehors.example',
      '',
      'Final-Recipient: rfc822; plein@dehors.example',
      'Action: failed',
      'Status: 5.2.2',
      '',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: ${id}`,
      '',
      '--b--',
      '',
    ]);
  const sent = await web.get('/mail/me/Sent');
  const href = sent.all(
    (one) => one.name === 'a' && /\bsubject\b/.test(one.attribs['class'] ?? ''),
  )[0]?.attribs['href'];
  const path = (href ?? '').split('?', 1)[0] ?? '';
  const source = await (await web.raw(`${path}/source`)).text();
  const id = /^Message-ID: *(<[^>]+>)/im.exec(source)?.[1] ?? '';

  bounce('retourvrai', id);
  const { page } = await open('retourvrai');
  expect(page.text).toContain('plein@dehors.example n’a pas été remis');
  expect(page.text).toContain('la boîte du destinataire est pleine');
  expect(page.all((one) => (one.attribs['href'] ?? '') === path).length).toBeGreaterThan(0);

  bounce('retourfaux', '<jamais@saisons.example>');
  const other = await open('retourfaux');
  expect(other.page.text).toContain('aucun de vos messages envoyés ne correspond');
  expect(other.page.text).not.toContain('n’a pas été remis');
});

it('shows the images of a whole domain from then on, until that is taken back', async () => {
  const send = (subject: string, from: string) =>
    deliver([
      `From: ${from}`,
      `Subject: ${subject}`,
      'Content-Type: text/html',
      '',
      '<p>x</p><img src="https://images.lettres.example/a.png">',
    ]);
  const form = (value: string) => (page: Page) => {
    const found = page
      .all((one) => one.name === 'form' && (one.attribs['action'] ?? '').includes('/trust'))
      .find((one) => formFields(page, one).some(([, had]) => had === value));
    if (!found) throw new Error('no such form');
    return found;
  };
  send('imagesun', 'un@lettres.example');
  send('imagesdeux', 'deux@lettres.example');
  send('imagestrois', 'trois@lettres.example.autre.example');
  const first = await open('imagesun');
  expect(first.page.text).toContain('Toujours pour lettres.example');
  await web.submit(first.page, { form: form('domain') });

  const second = await open('imagesdeux');
  expect(second.page.text).toContain('toujours affichées');
  expect((await open('imagestrois')).page.text).toContain('Toujours pour');
  await web.submit(second.page, { form: form('remove') });
  expect((await open('imagesun')).page.text).toContain('Toujours pour lettres.example');
});

it('shows files by their bytes, framed without scripts', async () => {
  const part = (name: string, type: string, lines: readonly string[]) => [
    '--b',
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    '',
    ...lines,
  ];
  deliver([
    'From: Camille <c@dehors.example>',
    'Subject: apercus',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    ...part('note.txt', 'text/plain; charset=iso-8859-1', ['d\xe9j\xe0 <script>alert(1)</script>']),
    // The sender says that it is an image: it is a page.
    ...part('photo.png', 'image/png', ['<script>alert(2)</script>']),
    ...part('reunion.ics', 'text/calendar', [
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'SUMMARY:Point <b>hebdo</b>',
      'DTSTART:20260302T090000Z',
      'END:VEVENT',
      'END:VCALENDAR',
    ]),
    ...part('joint.eml', 'message/rfc822', ['Subject: dedans', '', 'le corps']),
    '--b--',
    '',
  ]);
  const { page, path } = await open('apercus');
  const links = page.all((one) => one.attribs['data-preview'] !== undefined);
  expect(links).toHaveLength(3);

  const first = await web.get(links[0]?.attribs['href'] ?? '');
  expect(first.status).toBe(200);
  expect(first.text).toContain('data-preview-kind="text"');
  expect(first.all((one) => one.attribs['rel'] === 'next')[0]?.attribs['href']).toContain(
    '/parts/2/preview',
  );
  const text = await web.raw(`${path}/parts/1/preview/content`);
  expect(text.headers.get('content-security-policy')).toMatch(
    /^sandbox allow-popups.*default-src 'none'/,
  );
  expect(text.headers.get('x-frame-options')).toBe('SAMEORIGIN');
  expect(await text.text()).toContain('déjà &lt;script&gt;');
  expect((await web.get(`${path}/parts/2/preview`)).text).toContain('data-preview-kind="text"');
  const lied = await web.raw(`${path}/parts/2/preview/content`);
  expect(await lied.text()).toContain('&lt;script&gt;alert(2)');
  const event = await (await web.raw(`${path}/parts/3/preview/content`)).text();
  expect(event).toContain('Point &lt;b&gt;hebdo&lt;/b&gt;');
  expect(event).toContain('2026-03-02 09:00 UTC');
  const message = await web.get(`${path}/parts/4/preview`);
  expect(message.text).toContain('data-preview-kind="message"');
  expect((await web.raw(`${path}/parts/9/preview/content`)).status).toBe(404);
});

/** Files of an archive, by its list at the end. */
function filesOf(zip: Buffer): readonly (readonly [name: string, text: string])[] {
  const end = zip.length - 22;
  const files: [string, string][] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    const nameBytes = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26);
    const packed = zip.subarray(from, from + zip.readUInt32LE(at + 20));
    files.push([
      zip.toString('utf8', at + 46, at + 46 + nameBytes),
      inflateRawSync(packed).toString(),
    ]);
    at += 46 + nameBytes;
  }
  return files;
}
