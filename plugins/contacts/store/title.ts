import { cleanLine } from 'estafette/plugin';
import { isSeen } from '../card';

const TITLE_CHARS = 200;

/** The title of a book as it is kept, shared and told in mails; `''` for one that nobody would see. */
export function titleOf(text: string): string {
  const title = Array.from(cleanLine(text)).slice(0, TITLE_CHARS).join('').trim();
  return isSeen(title) ? title : '';
}
