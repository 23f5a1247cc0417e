import { isUtf8 } from 'node:buffer';

/** The text of a file: by its mark, else UTF-8, else Western Windows, in which Outlook writes. */
export function decodeFile(content: Buffer): string {
  const [first, second] = content;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(content);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(content);
  return new TextDecoder(isUtf8(content) ? 'utf-8' : 'windows-1252').decode(content);
}
