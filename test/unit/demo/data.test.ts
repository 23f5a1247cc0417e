import { inflateSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { demoAgents, demoSites, directoryEntries, seedMessages } from '../../../src/demo/data';
import { sampleFile } from '../../../src/demo/data/files';
import { parseMime } from '../../../src/demo/imap/mime-tree';
import { leaves } from '../../../src/demo/imap/section';
import { decodeWords } from '../../../src/demo/imap/words';

const NOW = new Date('2026-11-20T09:00:00Z');
const [capucine] = demoAgents;
if (!capucine) throw new Error('no agents');
const seeded = seedMessages(capucine, NOW);
const inbox = seeded.filter(({ mailbox }) => mailbox === 'INBOX');

const field = (raw: Buffer, name: string): string => {
  const found = parseMime(raw).fields.find((one) => one.name.toLowerCase() === name);
  return decodeWords(found?.value ?? '');
};

describe('the sample ministries', () => {
  it('has eight agents in two sites, with addresses of their own site', () => {
    expect(demoAgents).toHaveLength(8);
    expect(new Set(demoAgents.map(({ mail }) => mail)).size).toBe(8);
    for (const agent of demoAgents) {
      const site = demoSites.find(({ id }) => id === agent.site);
      expect(agent.mail.endsWith(`@${site?.mailDomain}`)).toBe(true);
      expect(site?.services).toContain(agent.service);
    }
  });

  it('has a directory whose names are unique and hold every agent', () => {
    for (const site of demoSites) {
      const names = directoryEntries(site).map(({ dn }) => dn.toLowerCase());
      expect(new Set(names).size).toBe(names.length);
      for (const agent of demoAgents.filter((one) => one.site === site.id)) {
        expect(names).toContain(agent.dn);
      }
    }
  });
});

describe('the sample mail', () => {
  it('fills each inbox with 200 messages', () => {
    for (const agent of demoAgents) {
      const boxes = seedMessages(agent, NOW).filter(({ mailbox }) => mailbox === 'INBOX');
      expect(boxes).toHaveLength(200);
    }
  });

  it('is the same for the same agent and instant, and differs between agents', () => {
    expect(seedMessages(capucine, NOW)).toEqual(seeded);
    const [, other] = demoAgents;
    expect(other && seedMessages(other, NOW)).not.toEqual(seeded);
  });

  it('names no domain outside .example', () => {
    const outside = seeded.flatMap(({ raw }) =>
      [...raw.toString('latin1').matchAll(/@([a-z0-9.-]+\.[a-z]{2,})\b/gi)]
        .map((match) => match[1]?.toLowerCase() ?? '')
        .filter((domain) => !domain.endsWith('.example') && !domain.endsWith('.css')),
    );
    expect(outside).toEqual([]);
  });

  it('is never from the future, nor older than the span', () => {
    for (const { internalDate } of inbox) {
      expect(internalDate.getTime()).toBeLessThan(NOW.getTime());
      expect(NOW.getTime() - internalDate.getTime()).toBeLessThan(152 * 86_400_000);
    }
  });

  it('ends every line with CRLF', () => {
    const bad = seeded.filter(({ raw }) => /[^\r]\n|\r[^\n]/.test(raw.toString('latin1')));
    expect(bad.map(({ raw }) => field(raw, 'subject'))).toEqual([]);
  });

  it('leaves no placeholder in subjects or texts', () => {
    const holes = inbox.filter(({ raw }) => /\{[a-zé]+\d?\}/.test(field(raw, 'subject')));
    expect(holes).toEqual([]);
  });

  it('mixes read, unread, answered and flagged messages', () => {
    const having = (flag: string): number =>
      inbox.filter(({ flags }) => flags.includes(flag)).length;
    expect(having('\\Seen')).toBeGreaterThan(120);
    expect(having('\\Seen')).toBeLessThan(195);
    expect(having('\\Answered')).toBeGreaterThan(3);
    expect(having('\\Flagged')).toBeGreaterThan(3);
  });

  it('threads by References that name messages of the same mailboxes', () => {
    const ids = new Set(seeded.map(({ raw }) => field(raw, 'message-id')));
    const answers = inbox.filter(({ raw }) => field(raw, 'references') !== '');
    const known = answers.filter(({ raw }) => ids.has(field(raw, 'in-reply-to')));
    expect(answers.length).toBeGreaterThan(40);
    expect(known.length).toBeGreaterThan(answers.length * 0.8);
  });

  it('holds every kind of content a webmail must show', () => {
    const parts = inbox.flatMap(({ raw }) => [...leaves(parseMime(raw))]);
    const types = new Set(parts.map(({ type, subtype }) => `${type}/${subtype}`));
    const charsets = new Set(
      parts.flatMap(({ params }) =>
        params.filter(([name]) => name === 'charset').map(([, v]) => v),
      ),
    );

    for (const type of [
      'text/html',
      'text/calendar',
      'application/pdf',
      'image/png',
      'image/jpeg',
      'message/delivery-status',
    ]) {
      expect(types).toContain(type);
    }
    for (const charset of [
      'utf-8',
      'iso-8859-1',
      'iso-8859-15',
      'windows-1252',
      'iso-2022-jp',
      'koi8-r',
      'utf-7',
    ]) {
      expect(charsets).toContain(charset);
    }
    expect(inbox.some(({ raw }) => raw.includes('format=flowed'))).toBe(true);
    expect(inbox.some(({ raw }) => raw.includes('Content-ID: <'))).toBe(true);
    expect(inbox.some(({ raw }) => parseMime(raw).children.some((child) => child.message))).toBe(
      true,
    );
  });

  it('writes Japanese and Russian that decode to what was meant', () => {
    const japanese = inbox.find(({ raw }) => raw.includes('charset=iso-2022-jp'));
    const russian = inbox.find(({ raw }) => raw.includes('charset=koi8-r'));
    const body = (raw: Buffer): Buffer => raw.subarray(parseMime(raw).bodyStart);

    const text = new TextDecoder('iso-2022-jp').decode(japanese && body(japanese.raw));
    expect(text).toContain('観測データ');
    expect(russian && iconv.decode(body(russian.raw), 'koi8-r')).toContain('Здравствуйте');
  });
});

describe('the sample files', () => {
  it('makes a PNG whose pixels inflate to its size', () => {
    const { bytes } = sampleFile('a.png', 'x');
    const at = bytes.indexOf('IDAT');
    const size = bytes.readUInt32BE(at - 4);
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];

    expect(inflateSync(bytes.subarray(at + 4, at + 4 + size))).toHaveLength(
      (width * 3 + 1) * height,
    );
  });

  it('makes a PDF whose cross-reference table points at its objects', () => {
    const text = sampleFile('a.pdf', 'Été (1)').bytes.toString('latin1');
    const offsets = [...text.matchAll(/^(\d{10}) 00000 n/gm)].map((match) => Number(match[1]));

    offsets.forEach((offset, index) => {
      expect(text.slice(offset).startsWith(`${index + 1} 0 obj`)).toBe(true);
    });
    expect(offsets).toHaveLength(5);
  });

  it('makes an OpenDocument whose first entry is its stored type', () => {
    const { type, bytes } = sampleFile('a.odt', 'x');

    expect(bytes.toString('latin1', 30, 38 + type.length)).toBe(`mimetype${type}`);
    expect(bytes.readUInt32LE(bytes.length - 22)).toBe(0x06054b50);
  });

  it('makes a JPEG that starts, ends and hides no marker in its data', () => {
    const { bytes } = sampleFile('a.jpg', 'x');
    const scan = bytes.indexOf(Buffer.from([0xff, 0xda]));
    const data = bytes.subarray(scan + 14, -2);

    expect(bytes.readUInt16BE(0)).toBe(0xffd8);
    expect(bytes.readUInt16BE(bytes.length - 2)).toBe(0xffd9);
    expect([...data].some((byte, index) => byte === 0xff && data[index + 1] !== 0)).toBe(false);
  });
});
