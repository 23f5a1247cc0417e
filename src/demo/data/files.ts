import { crc32, deflateSync } from 'node:zlib';
import { jpeg } from './jpeg';

export interface SampleFile {
  readonly type: string;
  readonly bytes: Buffer;
}

const ODF = 'application/vnd.oasis.opendocument';

/** A small real file for a name, by its extension; the same name always gives the same bytes. */
export function sampleFile(name: string, title: string): SampleFile {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  switch (extension) {
    case 'pdf':
      return { type: 'application/pdf', bytes: pdf(title) };
    case 'png':
      return { type: 'image/png', bytes: png(240, 80) };
    case 'jpg':
      return { type: 'image/jpeg', bytes: jpeg(240, 160) };
    case 'odt':
      return { type: `${ODF}.text`, bytes: odf(`${ODF}.text`, textBody(title)) };
    case 'ods':
      return { type: `${ODF}.spreadsheet`, bytes: odf(`${ODF}.spreadsheet`, sheetBody(title)) };
    default:
      throw new Error(`no sample for .${extension}`);
  }
}

/** One page of Helvetica, with a correct cross-reference table. */
export function pdf(title: string): Buffer {
  const text = Buffer.from(title, 'latin1')
    .toString('latin1')
    .replace(/[()\\]/g, '\\$&');
  const stream = `BT /F1 20 Tf 60 760 Td (${text}) Tj 0 -36 Td /F1 11 Tf (Document de démonstration.) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  const trailer = `trailer << /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.from(
    `${body}xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}${trailer}`,
    'latin1',
  );
}

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** A gradient, true colour. */
export const png = (width: number, height: number, tint = 0): Buffer =>
  pngOf(width, height, (x, y) => [60 + tint + (x * 120) / width, 110 + (y * 90) / height, 170]);

/** A picture in true colour from the colour of each point. */
export function pngOf(
  width: number,
  height: number,
  colour: (x: number, y: number) => Rgb,
): Buffer {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      const [red, green, blue] = colour(x, y);
      rows[at] = red & 255;
      rows[at + 1] = green & 255;
      rows[at + 2] = blue & 255;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** A zip archive without compression. */
export function zip(files: readonly (readonly [string, string])[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of files) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    // Version 2.0, no flag, stored, 1 January 2026 at midnight.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(((2026 - 1980) << 9) | (1 << 5) | 1, 8);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    local.push(Buffer.from('PK\x03\x04'), common, path, data);
    central.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, path);
    offset += 4 + common.length + path.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end]);
}

const NAMESPACES = ['office', 'text', 'table']
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .join(' ');

/** An OpenDocument file: the type first and stored, then the content. */
function odf(type: string, body: string): Buffer {
  const content = `<?xml version="1.0" encoding="UTF-8"?><office:document-content ${NAMESPACES} office:version="1.2"><office:body>${body}</office:body></office:document-content>`;
  const manifest = `<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="${type}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`;
  return zip([
    ['mimetype', type],
    ['content.xml', content],
    ['META-INF/manifest.xml', manifest],
  ]);
}

const textBody = (title: string): string =>
  `<office:text><text:p>${title}</text:p><text:p>Document de démonstration.</text:p></office:text>`;

const sheetBody = (title: string): string =>
  `<office:spreadsheet><table:table table:name="Feuille1"><table:table-row><table:table-cell office:value-type="string"><text:p>${title}</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet>`;
