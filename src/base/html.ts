import type { HeaderValue, SafeHtml } from './types';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text to HTML text or attribute content. */
export const escapeHtml = (text: string): string =>
  // Most of the thousand values of a page hold nothing to escape: asking takes a third of replacing.
  /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char) : text;

/** Marks HTML that a renderer or the sanitiser made. Call sites are reviewed one by one. */
export const safeHtml = (html: string): SafeHtml => html as SafeHtml;

/**
 * A value that can be written after `Name: ` in a header: runs of CR, LF and NUL become one space
 * (RFC 5322 2.2 forbids them; a line break would start a new header).
 */
export const headerValue = (value: string): HeaderValue =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  value.replace(/[\r\n\0]+/g, ' ').trim() as HeaderValue;
