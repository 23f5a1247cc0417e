import { request } from 'node:http';
import path from 'node:path';
import { attachableBytes } from '../../src/compose';
import { type DemoApp, startDemoApp } from '../../src/demo';
import type { DemoStack } from '../../src/demo/stack';
import { WebAgent } from '../kit/agent';
import { composerOf, type Fields } from '../kit/compose-page';
import { memoryOf } from '../kit/memory-stack';

const LIMIT = 1_000_000;
const ROOT = path.resolve(__dirname, '..', '..');

let demo: DemoApp;
let web: WebAgent;

const memory = (): DemoStack => memoryOf(demo);
const agent = (index: number) => {
  const found = demo.stack.agents[index];
  if (!found) throw new Error('no such agent');
  return found;
};
const delivered = (subject: string): number =>
  memory().smtp.transactions.filter(({ raw }) => raw.toString().includes(subject)).length;

beforeAll(async () => {
  demo = await startDemoApp({
    root: ROOT,
    port: 0,
    app: { log: { level: 'silent' } },
    site: (_id, file) => ({ ...file, limits: { messageBytes: LIMIT } }),
  });
  web = new WebAgent(`http://127.0.0.1:${demo.port}`);
  const { username, password } = agent(0);
  await web.signIn(username, password);
}, 60_000);
afterAll(async () => {
  await demo?.stop();
});

/** A new composition: its address, and the fields of its form with these values. */
async function newForm(
  fill: Readonly<Record<string, string>>,
  from = '/compose',
): Promise<{ readonly action: string; readonly fields: Fields }> {
  const { action, fields } = composerOf(await web.get(from));
  return { action, fields: fields.map(([name, value]) => [name, fill[name] ?? value]) };
}

/** Status and place of the answer, before any redirect. */
async function post(url: string, fields: readonly (readonly [string, string])[]): Promise<string> {
  const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]));
  const response = await web.raw(url, { method: 'POST', body });
  await response.body?.cancel();
  return `${response.status} ${response.headers.get('Location') ?? ''}`;
}

describe('one composition posted twenty times at once, never saved before', () => {
  it.each([
    ['the whole form without its revision', () => true],
    [
      'the recipient, subject and text alone',
      (name: string) => ['_csrf', 'to', 'subject', 'text'].includes(name),
    ],
  ] as const)(
    'leaves once, and all hear the same: %s',
    async (label, isPosted) => {
      const subject = `vingt-fois ${label.length}`;
      const { action, fields } = await newForm({ to: agent(1).mail, subject, text: 'une fois' });
      const some = fields.filter(([name]) => name !== 'revision' && isPosted(name));

      const answers = await Promise.all(
        Array.from({ length: 20 }, () => post(`${action}/send`, some)),
      );

      expect(new Set(answers)).toEqual(new Set(['303 /mail/me/INBOX']));
      expect(delivered(subject)).toBe(1);
    },
    60_000,
  );
});

describe('a form of the contract alone, without format', () => {
  const bodyOf = (subject: string): string =>
    memory()
      .smtp.transactions.map(({ raw }) => raw.toString())
      .find((raw) => raw.includes(subject)) ?? '';
  const contract = (fields: readonly (readonly [string, string])[]) =>
    fields.filter(([name]) =>
      ['_csrf', 'to', 'subject', 'text', 'mode', 'original', 'original_uidvalidity'].includes(name),
    );

  it.each(['/compose', '/compose?reply=INBOX/1'])('sends the words of %s', async (from) => {
    const subject = `contrat ${from.length}`;
    const fill = { to: agent(1).mail, subject, text: 'mes propres mots' };
    const { action, fields } = await newForm(fill, from);

    expect(await post(`${action}/send`, contract(fields))).toBe('303 /mail/me/INBOX');

    expect(bodyOf(subject)).toContain('mes propres mots');
    expect(bodyOf(subject)).not.toContain('text/html');
  });

  it('sends the words after a file was joined', async () => {
    const subject = 'contrat et fichier';
    const { action, fields } = await newForm({ to: agent(1).mail, subject, text: 'mots joints' });
    const body = new FormData();
    for (const [name, value] of fields.filter(([name]) => name === '_csrf')) {
      body.append(name, value);
    }
    body.append('file', new Blob(['x']), 'x.txt');
    await (await web.raw(`${action}/attachments`, { method: 'POST', body })).text();

    expect(await post(`${action}/send`, contract(fields))).toBe('303 /mail/me/INBOX');

    expect(bodyOf(subject)).toContain('mots joints');
    expect(bodyOf(subject)).not.toContain('text/html');
  });

  it('sends posted HTML as HTML', async () => {
    const subject = 'contrat en html';
    const { action, fields } = await newForm({ to: agent(1).mail, subject, text: '' });
    const html: [string, string] = ['html', '<p>mots <b>gras</b></p>'];

    expect(await post(`${action}/send`, [...contract(fields), html])).toBe('303 /mail/me/INBOX');

    expect(bodyOf(subject)).toContain('<b>gras</b>');
  });
});

describe('a sending server that refuses', () => {
  afterEach(() => memory().smtp.faults.clear());

  it('the message is not said to refuse addresses', async () => {
    memory().smtp.faults.refuseData(554);
    const { action, fields } = await newForm({ to: agent(1).mail, subject: 's', text: 't' });
    const page = await web.post(`${action}/send`, fields);

    expect(page.status).toBe(422);
    expect(page.text).toContain('Le serveur d’envoi a refusé ce message');
    expect(page.text).not.toContain('a refusé ces adresses');
  });
});

describe('a file that was chosen and not joined', () => {
  it('is told when the draft is saved, with the text kept', async () => {
    const { action, fields } = await newForm({ text: 'sans le fichier' });
    const page = await web.post(action, [...fields, ['file', 'note.pdf']]);

    expect(page.status).toBe(422);
    expect(page.text).toContain('n’est pas encore joint');
    expect((await web.get(action)).text).toContain('sans le fichier');
  });
});

describe('files that are too much', () => {
  it('are told from the limit that holds, one byte over it included', async () => {
    const { action, fields } = await newForm({ text: 'à un octet près' });
    const limit = attachableBytes(LIMIT);
    expect((await web.get('/compose')).one('data-limit').attribs['data-limit']).toBe(String(limit));
    const post = async (size: number): Promise<number> => {
      const body = new FormData();
      for (const [name, value] of fields) body.append(name, value);
      body.append('file', new Blob([Buffer.alloc(size)]), 'f.bin');
      const response = await web.raw(`${action}/attachments`, { method: 'POST', body });
      await response.text();
      return response.status;
    };

    expect(await post(limit + 1)).toBe(413);
    expect(await post(limit)).toBe(303);
  });

  const form = async (files: readonly Uint8Array[]) => {
    const { action, fields } = await newForm({
      to: agent(1).mail,
      subject: 'trop de fichiers',
      text: 'un texte précieux',
    });
    const body = new FormData();
    for (const [name, value] of fields) body.append(name, value);
    for (const [index, bytes] of files.entries()) {
      body.append('file', new Blob([bytes]), `f${index}.bin`);
    }
    return { action, body };
  };
  const upload = async (files: readonly Uint8Array[]) => {
    const { action, body } = await form(files);
    const response = await web.raw(`${action}/attachments`, { method: 'POST', body });
    return { status: response.status, text: await response.text(), page: await web.get(action) };
  };

  it('do not hold the answer back when the first one filled the draft', async () => {
    const answer = await upload([
      Buffer.alloc(attachableBytes(LIMIT)),
      ...Array.from({ length: 59 }, () => Buffer.alloc(40_000)),
    ]);

    expect(answer.status).toBe(413);
    expect(answer.text).toContain('un texte précieux');
    expect(answer.page.text).toContain('f0.bin');
    expect(answer.page.text).not.toContain('f1.bin');
  }, 20_000);

  it('are refused by their announced size, and the text is kept', async () => {
    const answer = await upload([Buffer.alloc(7_000_000), Buffer.alloc(1_000)]);

    expect(answer.status).toBe(413);
    expect(answer.text).toContain('un texte précieux');
    expect(answer.text).toContain('banner');
    expect(answer.page.text).toContain('un texte précieux');
    expect(answer.page.text).not.toMatch(/f[01]\.bin/);
  }, 20_000);

  it('end the connection, with an answer, when nobody would read that much', async () => {
    const { action } = await newForm({});
    const answer = await new Promise<{
      status: number | undefined;
      connection: string | undefined;
    }>((resolve, reject) => {
      const sent = request(`${web.base}${action}/attachments`, {
        method: 'POST',
        headers: {
          Cookie: web.cookies,
          Accept: 'text/html',
          Origin: web.base,
          'Content-Type': 'multipart/form-data; boundary=B',
          'Content-Length': 10_000_000_000,
        },
      });
      sent.on('response', (response) => {
        response.resume();
        resolve({ status: response.statusCode, connection: response.headers.connection });
        sent.destroy();
      });
      sent.on('error', reject);
      sent.write(Buffer.alloc(1_000_000));
    });

    expect(answer).toEqual({ status: 413, connection: 'close' });
  }, 20_000);
});
