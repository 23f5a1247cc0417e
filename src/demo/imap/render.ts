import { type EnvelopeAddress, parseAddresses } from './address-list';
import { fieldValue, type HeaderField, parseParameters } from './headers';
import type { MimePart } from './mime-tree';

/** `nil`, quoted string or literal, whichever can carry the latin1 text given. */
export function nstring(text: string | undefined): string {
  return text === undefined ? 'NIL' : quoted(text);
}

/** A quoted string, or a literal when bytes above 127, CR, LF or NUL forbid quotes. */
export function quoted(text: string): string {
  if (/[^ -~]/.test(text) || text.length > 1000) return `{${text.length}}\r\n${text}`;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** ENVELOPE (RFC 3501 7.4.2) as latin1 text. */
export function renderEnvelope(fields: readonly HeaderField[]): string {
  const field = (name: string): string | undefined => fieldValue(fields, name);
  const from = field('from');
  const list = (name: string): string => renderAddresses(field(name));
  const orFrom = (name: string): string => renderAddresses(field(name) || from);
  return `(${[
    nstring(field('date')),
    nstring(field('subject')),
    renderAddresses(from),
    orFrom('sender'),
    orFrom('reply-to'),
    list('to'),
    list('cc'),
    list('bcc'),
    nstring(field('in-reply-to')),
    nstring(field('message-id')),
  ].join(' ')})`;
}

function renderAddresses(field: string | undefined): string {
  const addresses = field === undefined ? [] : parseAddresses(field);
  if (addresses.length === 0) return 'NIL';
  const one = ({ name, mailbox, host }: EnvelopeAddress): string =>
    `(${nstring(name)} NIL ${nstring(mailbox)} ${nstring(host)})`;
  return `(${addresses.map(one).join('')})`;
}

/** BODYSTRUCTURE, or BODY without the extension data when `extended` is false. */
export function renderStructure(raw: Buffer, part: MimePart, extended: boolean): string {
  if (part.children.length > 0) {
    const children = part.children.map((child) => renderStructure(raw, child, extended)).join('');
    const extension = extended ? ` ${renderParams(part.params)} ${renderExtension(part)}` : '';
    return `(${children} ${quoted(part.subtype)}${extension})`;
  }
  const pieces = [
    quoted(part.type),
    quoted(part.subtype),
    renderParams(withCharset(part)),
    nstring(fieldValue(part.fields, 'content-id')),
    nstring(fieldValue(part.fields, 'content-description')),
    quoted(encodingOf(part)),
    String(part.bodyEnd - part.bodyStart),
  ];
  if (part.message) {
    pieces.push(
      renderEnvelope(part.message.fields),
      renderStructure(raw, part.message, extended),
      String(countLines(raw, part)),
    );
  } else if (part.type === 'text') pieces.push(String(countLines(raw, part)));
  if (extended) {
    pieces.push(nstring(fieldValue(part.fields, 'content-md5')), renderExtension(part));
  }
  return `(${pieces.join(' ')})`;
}

/** Transfer encoding as BODYSTRUCTURE tells it, lower case, `7bit` when absent. */
export function encodingOf(part: MimePart): string {
  const value = fieldValue(part.fields, 'content-transfer-encoding');
  return value === undefined ? '7bit' : parseParameters(value).value.toLowerCase() || '7bit';
}

/** RFC 2046 4.1.2: text without a charset is us-ascii; Dovecot says so, and so do we. */
function withCharset({ type, params }: MimePart): MimePart['params'] {
  const isNamed = type !== 'text' || params.some(([name]) => name.startsWith('charset'));
  return isNamed ? params : [...params, ['charset', 'us-ascii']];
}

function renderParams(params: readonly (readonly [string, string])[]): string {
  if (params.length === 0) return 'NIL';
  return `(${params.map(([name, value]) => `${quoted(name)} ${quoted(value)}`).join(' ')})`;
}

/** Disposition, language and location. */
function renderExtension(part: MimePart): string {
  const field = fieldValue(part.fields, 'content-disposition');
  const { value, params } = parseParameters(field ?? '');
  const disposition = value === '' ? 'NIL' : `(${quoted(value)} ${renderParams(params)})`;
  const language = nstring(fieldValue(part.fields, 'content-language'));
  const location = nstring(fieldValue(part.fields, 'content-location'));
  return `${disposition} ${language} ${location}`;
}

function countLines(raw: Buffer, part: MimePart): number {
  let lines = 0;
  let at = raw.indexOf(10, part.bodyStart);
  while (at !== -1 && at < part.bodyEnd) {
    lines++;
    at = raw.indexOf(10, at + 1);
  }
  return lines;
}
