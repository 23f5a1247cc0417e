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
}

/** What a browser could run or style a page with, were it ever asked for as such. */
const ACTIVE = /html|xml|svg|script|css|wasm|xsl|flash|java|multipart|message\//i;

/** Decides how a file is sent: in place only when its bytes are an image, whatever was said. */
export function readyFile({
  name,
  type,
  content,
  isInline = false,
}: Extract<PluginResponse, { file: unknown }>['file']): ReadyFile {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const found = isInline ? sniffInline(bytes) : undefined;
  if (found?.startsWith('image/')) return { name, type: found, content: bytes, isInline: true };
  return { name, type: savedType(type), content: bytes, isInline: false };
}

function savedType(type: string): string {
  if (ACTIVE.test(type)) return 'application/octet-stream';
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

/** `nosniff` stands on every answer; the policy is of bytes that nobody here made. */
export function sendFile(res: Response, { name, type, content, isInline }: ReadyFile): void {
  res.setHeader('Content-Security-Policy', BYTES_CSP);
  res.setHeader(
    'Content-Disposition',
    contentDisposition(isInline ? 'inline' : 'attachment', name),
  );
  // Not `res.type`: it would add a character set to types that have none.
  res.setHeader('Content-Type', type);
  res.status(200).end(content);
}
