import { type Signature, signatureHtml, signatureText } from '../bodies';
import type { DraftFields } from '../types';

/**
 * Fields with the signature of another identity in the place of the one that they were made with,
 * wherever it stands unchanged; what its author wrote into it is theirs and stays.
 */
export function withSignature(
  fields: DraftFields,
  before: Signature,
  after: Signature,
): Pick<DraftFields, 'text' | 'html'> {
  return {
    text: swapped(fields.text, signatureText(before), signatureText(after)),
    html: swapped(fields.html, signatureHtml(before), signatureHtml(after)),
  };
}

function swapped(text: string, before: string, after: string): string {
  // Without one before, it is not known where another would go: above or below what is quoted.
  if (before === '' || before === after) return text;
  // One that begins as the former does is there already.
  if (after.includes(before) && text.includes(after)) return text;
  const at = text.indexOf(before);
  return at < 0 ? text : text.slice(0, at) + after + text.slice(at + before.length);
}
