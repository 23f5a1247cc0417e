import { decode } from 'iconv-lite';

/**
 * The text of a file: by its mark, else UTF-8, else the character set of Western Windows, in which
 * Outlook writes its lists.
 */
export function decodeFile(content: Buffer): string {
  const [first, second] = content;
  if (first === 0xff && second === 0xfe) return decode(content, 'utf16le');
  if (first === 0xfe && second === 0xff) return decode(content, 'utf16be');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return decode(content, 'windows-1252');
  }
}

export type FileFormat = 'vcard' | 'csv' | 'ldif';

/** What a file is, by its beginning rather than by its name; `undefined` for one that is nothing of it. */
export function formatOf(text: string, name: string): FileFormat | undefined {
  const start = text.slice(0, 4_096).trimStart();
  if (/^BEGIN:VCARD\b/im.test(start)) return 'vcard';
  if (/^(?:version:\s*1\s*$|dn::?\s)/im.test(start)) return 'ldif';
  if (start === '' || start.includes('\0')) return undefined;
  const isList = /[,;\t]/.test(start.split(/\r?\n/, 1)[0] ?? '');
  return isList || /\.(?:csv|txt|tsv)$/i.test(name) ? 'csv' : undefined;
}
