import { decode, encodingExists } from 'iconv-lite';
import type { ContentLine } from './lines';

const parameter = ({ params }: ContentLine, name: string): string =>
  params.get(name)?.[0]?.toUpperCase() ?? '';

/** Whether a value is base64 (`b` of vCard 3, `BASE64` of 2.1). */
export const isBase64 = (line: ContentLine): boolean =>
  ['B', 'BASE64'].includes(parameter(line, 'ENCODING'));

/** The value without what vCard 2.1 encodes it with, quoted-printable in a character set of its choice; still escaped. */
export function decodedValue(line: ContentLine): string {
  if (parameter(line, 'ENCODING') !== 'QUOTED-PRINTABLE') return line.value;
  const bytes = Buffer.from(
    line.value.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  );
  const charset = parameter(line, 'CHARSET') || 'UTF-8';
  return decode(bytes, encodingExists(charset) ? charset : 'UTF-8');
}
