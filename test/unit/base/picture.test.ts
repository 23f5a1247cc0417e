import { pictureOf } from '../../../src/base/picture';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const from64 = (text: string): Buffer => Buffer.from(text, 'base64');
const secret = 'GPS 48.85 2.35';

// One point each, as programs write them.
const PNG = from64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
);
const GIF = from64('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7');
const LOSSY = from64('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA');
const LOSSLESS = from64('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==');
const ALPHA = from64(
  'UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==',
);
const MOVING = from64(
  'UklGRlIAAABXRUJQVlA4WAoAAAASAAAAAAAAAAAAQU5JTQYAAAD/////AABBTk1GJgAAAAAAAAAAAAAAAAAAAGQAAABWUDhMDQAAAC8AAAAQBxAREYiI/gcA',
);

/** A chunk of PNG; nobody here looks at its check sum. */
function pngChunk(name: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, latin(name), body, Buffer.alloc(4)]);
}
const pngWith = (...chunks: readonly Buffer[]): Buffer =>
  Buffer.concat([PNG.subarray(0, 33), ...chunks, PNG.subarray(33)]);

function webpChunk(name: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([latin(name), length, body, Buffer.alloc(body.length % 2)]);
}
function webpWith(file: Buffer, ...chunks: readonly Buffer[]): Buffer {
  const whole = Buffer.concat([file, ...chunks]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}

it.each([
  ['image/png', PNG],
  ['image/gif', GIF],
  ['image/webp', LOSSY],
  ['image/webp', LOSSLESS],
  ['image/webp', ALPHA],
  ['image/webp', MOVING],
])('leaves a file of %s that says nothing as it is', (type, file) => {
  expect(pictureOf(file)).toEqual({ type, width: 1, height: 1, content: file });
});

it('keeps of a PNG what is shown', () => {
  const texts = ['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'caBX'].map((name) =>
    pngChunk(name, latin(secret)),
  );
  const gamma = pngChunk('gAMA', Buffer.from([0, 0, 0xb1, 0x8f]));
  const file = Buffer.concat([pngWith(gamma, ...texts), latin(secret)]);

  expect(pictureOf(file)?.content).toEqual(pngWith(gamma));
});

it('keeps of a GIF what is shown, and that it begins again', () => {
  const block = (label: number, ...parts: readonly string[]): Buffer =>
    Buffer.concat([
      Buffer.from([0x21, label]),
      ...parts.map((part) => Buffer.concat([Buffer.from([part.length]), latin(part)])),
      Buffer.alloc(1),
    ]);
  const loop = block(0xff, 'NETSCAPE2.0', '\x01\0\0');
  const about = [block(0xfe, secret), block(0xff, 'XMP DataXMP', secret), block(1, 'x', secret)];
  const withAll = (...blocks: readonly Buffer[]): Buffer =>
    Buffer.concat([GIF.subarray(0, 19), ...blocks, GIF.subarray(19)]);
  const file = Buffer.concat([withAll(loop, ...about), latin(secret)]);

  expect(pictureOf(file)?.content).toEqual(withAll(loop));
});

it('keeps of a WebP what is shown, and says that there is nothing else', () => {
  const flagged = Buffer.from(ALPHA);
  flagged[20] = 0x10 | 0x0c;
  const about = ['EXIF', 'XMP ', 'what'].map((name) => webpChunk(name, latin(secret)));
  const file = Buffer.concat([webpWith(flagged, ...about), latin(secret)]);

  expect(pictureOf(file)?.content).toEqual(ALPHA);
});

it('tells the largest size that is announced', () => {
  const png = Buffer.from(PNG);
  png.writeUInt32BE(100_000, 16);
  png.writeUInt32BE(70_000, 20);
  expect(pictureOf(png)).toMatchObject({ width: 100_000, height: 70_000 });

  const gif = Buffer.from(GIF);
  const image = gif.indexOf(0x2c, 13);
  gif.writeUInt16LE(9_000, image + 5);
  expect(pictureOf(gif)).toMatchObject({ width: 9_000, height: 1 });

  const webp = Buffer.from(ALPHA);
  webp.writeUIntLE(16_000, 24, 3);
  expect(pictureOf(webp)).toMatchObject({ width: 16_001, height: 1 });
  const lossy = Buffer.from(LOSSY);
  lossy.writeUInt16LE(12_000, 28);
  expect(pictureOf(lossy)).toMatchObject({ width: 1, height: 12_000 });
});

it.each([
  ['PNG', PNG],
  ['GIF', GIF],
  ['lossy WebP', LOSSY],
  ['lossless WebP', LOSSLESS],
  ['moving WebP', MOVING],
])('is none: a %s that is cut short, wherever that is', (_name, file) => {
  // A WebP says how long it is, the padding of its last chunk included.
  for (let length = 0; length < file.length; length += 1)
    expect(pictureOf(file.subarray(0, length))).toBeUndefined();
});

it('reads nothing beyond a file that lies', () => {
  const lengths = [0xff, 0xff, 0xff, 0xff];
  for (const file of [PNG, GIF, LOSSY, LOSSLESS, ALPHA, MOVING])
    for (let at = 0; at + 4 <= file.length; at += 1) {
      const lying = Buffer.from(file);
      lying.set(lengths, at);
      expect(() => pictureOf(lying)).not.toThrow();
    }
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['a sign alone', PNG.subarray(0, 8)],
  ['markup', latin('GIF89a<script>')],
  ['a PNG that begins with another chunk', Buffer.concat([PNG.subarray(0, 8), PNG.subarray(33)])],
  ['a PNG without a picture', Buffer.concat([PNG.subarray(0, 33), pngChunk('IEND', latin(''))])],
  ['a GIF without a picture', Buffer.concat([GIF.subarray(0, 19), latin(';')])],
  ['a WebP without a picture', webpWith(ALPHA.subarray(0, 30))],
  ['sound', latin('RIFF\x10\0\0\0WAVEfmt \0\0\0\0')],
])('is none: %s', (_what, file) => {
  expect(pictureOf(file)).toBeUndefined();
});
