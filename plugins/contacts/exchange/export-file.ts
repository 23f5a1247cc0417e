import type { PluginResponse } from 'estafette/plugin';
import { asVersion } from '../card';
import { csvOf, ldifOf } from './write-files';

/** What contacts go out as. */
export const FORMATS = ['vcard4', 'vcard3', 'csv', 'ldif'] as const;

/** Cards as a file for another program. */
export function exportFile(
  texts: readonly string[],
  { title, format }: { readonly title: string; readonly format: (typeof FORMATS)[number] },
): PluginResponse {
  const name = title.replace(/[^\p{L}\p{N} ._-]/gu, '').trim() || 'contacts';
  if (format === 'csv') {
    return { file: { name: `${name}.csv`, type: 'text/csv', content: csvOf(texts) } };
  }
  if (format === 'ldif') {
    return { file: { name: `${name}.ldif`, type: 'text/plain', content: ldifOf(texts) } };
  }
  const version = format === 'vcard3' ? '3.0' : '4.0';
  const content = texts.map((text) => asVersion(text, version)).join('');
  return { file: { name: `${name}.vcf`, type: 'text/vcard', content } };
}
