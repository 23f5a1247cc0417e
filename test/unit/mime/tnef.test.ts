import { readTnef } from '../../../src/mime';

const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const u32 = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
};
const attribute = (id: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from([2]), u32(id), u32(data.length), data, u16(0)]);
const stream = (...attributes: readonly Buffer[]): Buffer =>
  Buffer.concat([u32(0x223e9f78), u16(1), ...attributes]);
const begin = attribute(0x00069002, Buffer.alloc(14));
const title = (name: string) => attribute(0x00018010, Buffer.from(`${name}\0`, 'latin1'));
const content = (text: string) => attribute(0x0006800f, Buffer.from(text));
const value = (type: number, id: number, bytes: Buffer): Buffer =>
  Buffer.concat([
    u16(type),
    u16(id),
    u32(1),
    u32(bytes.length),
    bytes,
    Buffer.alloc((4 - (bytes.length % 4)) % 4),
  ]);
const properties = (...values: readonly Buffer[]): Buffer =>
  attribute(0x00069005, Buffer.concat([u32(values.length), ...values]));

const names = (bytes: Buffer) => readTnef(bytes)?.map(({ filename }) => filename);

describe('winmail.dat (MS-OXTNEF)', () => {
  it('holds files by name', () => {
    const files = readTnef(
      stream(
        begin,
        title('R\u00e9union.odt'),
        content('un'),
        begin,
        title('b.pdf'),
        content('deux'),
      ),
    );

    expect(files?.map(({ filename, content: of }) => [filename, of.toString()])).toEqual([
      ['R\u00e9union.odt', 'un'],
      ['b.pdf', 'deux'],
    ]);
  });

  it('prefers the long name and the type of the properties', () => {
    const long = value(0x001f, 0x3707, Buffer.from('compte rendu \u2013 été.docx\0', 'utf16le'));
    const type = value(0x001e, 0x370e, Buffer.from('Application/PDF\0'));
    const number = Buffer.concat([u16(3), u16(0x3705), u32(1)]);
    const [file] =
      readTnef(
        stream(begin, title('COMPTE~1.DOC'), content('x'), properties(number, long, type)),
      ) ?? [];

    expect(file).toMatchObject({
      filename: 'compte rendu \u2013 été.docx',
      type: 'application/pdf',
    });
  });

  it('opens a message within', () => {
    const inner = stream(begin, title('dedans.txt'), content('dedans'));
    const object = value(0x000d, 0x3701, Buffer.concat([Buffer.alloc(16), inner]));

    expect(names(stream(begin, title('m'), properties(object)))).toEqual(['dedans.txt']);
  });

  it('has no name that is a path', () => {
    expect(names(stream(begin, title('../../etc/passwd'), content('x')))?.[0]).not.toMatch(/[/\\]/);
  });

  it('keeps what was whole before a lie', () => {
    const whole = stream(begin, title('a.txt'), content('x'));
    const lie = Buffer.concat([whole, Buffer.from([2]), u32(0x0006800f), u32(0xffffffff)]);

    expect(names(lie)).toEqual(['a.txt']);
    expect(names(stream(begin, title('a.txt'), content('x'), properties(u32(0xffffffff))))).toEqual(
      ['a.txt'],
    );
  });

  it('is none where it does not begin as one', () => {
    expect(readTnef(Buffer.from('%PDF-1.7'))).toBeUndefined();
    expect(readTnef(Buffer.alloc(0))).toBeUndefined();
  });

  it('holds a bounded number of files, in a bounded depth', () => {
    const one = Buffer.concat([begin, title('a'), content('x')]);
    expect(names(stream(...Array.from({ length: 3_000 }, () => one)))).toHaveLength(100);
    let nested = stream(begin, title('a'), content('x'));
    for (let depth = 0; depth < 50; depth += 1) {
      const object = value(0x000d, 0x3701, Buffer.concat([Buffer.alloc(16), nested]));
      nested = stream(begin, title('m'), properties(object));
    }
    expect(readTnef(nested)).toHaveLength(1);
  });

  it('answers to whatever bytes come', () => {
    let seed = 7;
    const next = (max: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % max;
    };
    const good = stream(
      begin,
      title('a.txt'),
      content('abc'),
      properties(value(0x001f, 0x3707, Buffer.from('b\0', 'utf16le'))),
    );
    for (let round = 0; round < 2_000; round += 1) {
      const bytes = Buffer.from(good);
      for (let change = 0; change < 4; change += 1) bytes[6 + next(bytes.length - 6)] = next(256);
      expect(Array.isArray(readTnef(bytes))).toBe(true);
    }
  });
});
