import { cleanJpeg } from '../../../src/base/picture/jpeg';

const segment = (marker: number, body: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff]),
    body,
  ]);
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const SOI = Buffer.from([0xff, 0xd8]);
const EOI = Buffer.from([0xff, 0xd9]);
const JFIF = segment(0xe0, latin('JFIF\0\x01\x01\0\0\x01\0\x01\0\0'));
const FRAME = segment(0xc0, Buffer.from([8, 0, 48, 0, 64, 1, 1, 0x11, 0]));
const DATA = Buffer.concat([
  segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
  Buffer.from([1, 0xff, 0, 0xff, 0xd1, 2]),
]);
const ORIENTATION = Buffer.from([0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]);
const EXIF = segment(
  0xe1,
  Buffer.concat([latin('Exif\0\0MM\0*\0\0\0\x08'), ORIENTATION, latin('GPS 48.85')]),
);
const file = (...parts: readonly Buffer[]): Buffer => Buffer.concat([SOI, ...parts, EOI]);

it('keeps the picture and its size, and nothing of where it was taken', () => {
  const icc = segment(0xe2, latin('ICC_PROFILE\0colours'));
  const xmp = segment(0xe1, latin('http://ns.adobe.com/xap/1.0/\0secret'));
  const comment = segment(0xfe, latin('secret'));
  const more = latin('a film behind the picture');
  const all = Buffer.concat([file(JFIF, EXIF, xmp, icc, comment, FRAME, DATA), more]);

  const found = cleanJpeg(all);

  expect(found).toMatchObject({ width: 64, height: 48 });
  const text = found?.content.toString('latin1') ?? '';
  for (const gone of ['GPS', 'secret', 'film']) expect(text).not.toContain(gone);
  expect(text).toContain('ICC_PROFILE');
  expect(found?.content.subarray(-DATA.length - 2)).toEqual(Buffer.concat([DATA, EOI]));
  // How the camera was held is all that is left of it.
  expect(text.includes(`Exif\0\0MM\0*\0\0\0\x08${ORIENTATION.toString('latin1')}`)).toBe(true);
  expect(cleanJpeg(found?.content ?? SOI)?.content).toEqual(found?.content);
});

it('leaves one that says nothing as it is', () => {
  const plain = file(JFIF, FRAME, DATA);
  expect(cleanJpeg(plain)).toEqual({ width: 64, height: 48, content: plain });
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['a PNG', latin('\x89PNG\r\n\x1a\n')],
  ['markup', latin('\xff\xd8\xff<script>')],
  ['one without an end', Buffer.concat([SOI, FRAME, DATA])],
  ['one without a picture', file(JFIF)],
  ['one without a frame', file(DATA)],
  ['a segment longer than the file', Buffer.concat([SOI, Buffer.from([0xff, 0xe1, 0xff, 0xff])])],
  ['a segment of no length', file(Buffer.from([0xff, 0xe1, 0, 0]), FRAME, DATA)],
])('is none: %s', (_what, content) => {
  expect(cleanJpeg(content)).toBeUndefined();
});

it('reads an Exif segment that lies about its length', () => {
  const lying = segment(0xe1, latin('Exif\0\0II*\0\xff\xff\xff\x7f\0\0'));
  const short = segment(0xe1, latin('Exif\0\0II'));
  expect(cleanJpeg(file(lying, short, FRAME, DATA))?.content).toEqual(file(FRAME, DATA));
});
