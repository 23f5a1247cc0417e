import { decodeText } from './charset';
import { type HeaderBlock, parseHeaders } from './headers';
import { type PlainText, plainFromHtml } from './plain-from-html';
import type { RenderedBody } from './rendered';
import { type SanitizeOptions, sanitizeMail } from './sanitize';
import { type TextOptions, textToHtml } from './text';
import { readTnef, type TnefFile } from './tnef';
import { decodeTransfer } from './transfer';

/** A body part as fetched: bytes still in their transfer encoding. */
export interface EncodedPart {
  readonly bytes: Uint8Array;
  readonly charset?: string | undefined;
  readonly encoding?: string | undefined;
}

/** Bytes decoded at most; text and HTML have tighter limits of their own after that. */
const MAX_DECODED_BYTES = 12 * 1024 * 1024;

function decodePart(part: EncodedPart): { text: string; truncated: boolean } {
  const decoded = decodeTransfer(part.bytes, part.encoding, MAX_DECODED_BYTES);
  return { text: decodeText(decoded.bytes, part.charset), truncated: decoded.truncated };
}

/** The charset an HTML document names itself, for parts whose header does not. */
const META_CHARSET = /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i;

function renderHtml(task: EncodedPart & { readonly options: SanitizeOptions }): RenderedBody {
  const decoded = decodeTransfer(task.bytes, task.encoding, MAX_DECODED_BYTES);
  const head = decoded.bytes.toString('latin1', 0, 4096);
  const charset = task.charset || META_CHARSET.exec(head)?.[1];
  const body = sanitizeMail(decodeText(decoded.bytes, charset), task.options);
  return { ...body, truncated: body.truncated || decoded.truncated };
}

function renderText(task: EncodedPart & { readonly options: TextOptions }): RenderedBody {
  const { text, truncated } = decodePart(task);
  const body = textToHtml(text, task.options);
  return { ...body, truncated: body.truncated || truncated };
}

function plainText(task: EncodedPart): PlainText {
  return decodePart(task);
}

function plainFromHtmlTask(task: EncodedPart | { readonly html: string }): PlainText {
  if ('html' in task) return plainFromHtml(task.html);
  const { text, truncated } = decodePart(task);
  const plain = plainFromHtml(text);
  return { ...plain, truncated: plain.truncated || truncated };
}

export interface ComposedTask {
  readonly html: string;
  readonly cids?: Readonly<Record<string, string>>;
  /** `keep` leaves images of other servers in what is sent; dropped otherwise. */
  readonly remote?: 'block' | 'keep';
}

/** HTML from our own editor: the same allow-list; `cid:` and `data:` images stay. */
function sanitizeComposed(task: ComposedTask): RenderedBody {
  const remote = { mode: task.remote ?? 'block' };
  return sanitizeMail(task.html, { remote, keepCids: true, cids: task.cids ?? {} });
}

function decodeHeaders(task: { readonly bytes: Uint8Array }): HeaderBlock {
  return parseHeaders(task.bytes);
}

/** Decoded bytes of a TNEF part: as much as its encoded form may hold. */
const MAX_TNEF_BYTES = 32 * 1024 * 1024;

const tnefOf = (task: EncodedPart): readonly TnefFile[] =>
  readTnef(decodeTransfer(task.bytes, task.encoding, MAX_TNEF_BYTES).bytes) ?? [];

/** Names and sizes alone: the bytes stay in the worker. */
const listTnef = (task: EncodedPart) =>
  tnefOf(task).map(({ filename, type, content }) => ({
    filename,
    type,
    sizeBytes: content.length,
  }));

/** A copy of its own: a slice would carry the whole of the wrapping with it. */
function tnefFile(task: EncodedPart & { readonly index: number }) {
  const file = tnefOf(task)[task.index];
  return file && { ...file, content: new Uint8Array(file.content) };
}

/** Everything heavy that hostile mail may ask for: run in the worker pool, with a deadline. */
export const tasks = {
  renderHtml,
  renderText,
  plainText,
  plainFromHtml: plainFromHtmlTask,
  sanitizeComposed,
  decodeHeaders,
  listTnef,
  tnefFile,
} as const;

export type MimeTasks = typeof tasks;
