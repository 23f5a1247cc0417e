import { createHash } from 'node:crypto';
import type { Response } from 'express';
import type { PluginResponse } from '../host/route-types';
import { BYTES_CSP } from '../view';
import { contentDisposition } from './content-disposition';
import { sniffInline } from './sniff';

/** A file of a plugin's answer as it goes out. */
export interface ReadyFile {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
  readonly isInline: boolean;
  readonly keep?: 'version' | 'check' | undefined;
}

/** Signing out clears it (`Clear-Site-Data`); a session that only ends leaves it no longer. */
const KEPT_A_WEEK = 'private, max-age=604800, immutable';

/** What a browser could run or style a page with, were it ever asked for as such. */
const ACTIVE = /html|xml|svg|script|css|wasm|xsl|flash|java|multipart|message\//i;

/** Decides how a file is sent: in place only when its bytes are an image, whatever was said. */
export function readyFile({
  name,
  type,
  content,
  isInline = false,
  keep,
}: Extract<PluginResponse, { file: unknown }>['file']): ReadyFile {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const found = isInline ? sniffInline(bytes) : undefined;
  if (found?.startsWith('image/'))
    return { name, type: found, content: bytes, isInline: true, keep };
  return {
    name,
    type: savedType(type),
    content: bytes,
    isInline: false,
    keep: keep === 'check' ? keep : undefined,
  };
}

function savedType(type: string): string {
  if (ACTIVE.test(type)) return 'application/octet-stream';
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

/** `nosniff` stands on every answer; the policy is of bytes that nobody here made. */
export function sendFile(res: Response, file: ReadyFile): void {
  const { name, type, content, isInline, keep } = file;
  res.setHeader('Content-Security-Policy', BYTES_CSP);
  res.setHeader(
    'Content-Disposition',
    contentDisposition(isInline ? 'inline' : 'attachment', name),
  );
  // Not `res.type`: it would add a character set to types that have none.
  res.setHeader('Content-Type', type);
  if (keep === 'version') res.setHeader('Cache-Control', KEPT_A_WEEK);
  if (keep === 'check') {
    // Of a saved file no browser keeps a copy; the program that has it may ask whether it is another.
    if (isInline) res.setHeader('Cache-Control', 'private, no-cache');
    res.setHeader('ETag', `"${createHash('sha256').update(content).digest('base64url')}"`);
  }
  res.status(200);
  if (keep === 'check' && res.req.fresh) res.status(304).end();
  else res.end(content);
}
