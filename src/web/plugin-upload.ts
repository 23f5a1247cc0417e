import busboy from 'busboy';
import type { Request, Response } from 'express';
import { AppError, toAppError } from '../base/errors';
import type { PluginFile } from '../host/route-types';
import type { WebDeps } from './context';
import { requireToken } from './csrf-gate';
import { lingerBeforeRefusal } from './linger';

const MAX_FILES = 20;
const MAX_FIELDS = 2_000;
const MAX_NAME_CHARS = 255;

/** What a form with files brought. */
export interface Received {
  readonly form: ReadonlyMap<string, readonly string[]>;
  readonly files: readonly PluginFile[];
}

/**
 * Reads a multipart body into memory, within `maxBytes` of files and what other forms may have of
 * fields. The token comes in a header or as a field before the first file: nothing is kept of a body
 * without. Throws `request/too-large` before the body is read when it says its size, and else as
 * soon as it is too much.
 */
export async function receiveUpload(
  deps: WebDeps,
  req: Request,
  res: Response,
  maxBytes: number,
): Promise<Received> {
  const { bodyBytes } = deps.config;
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared > maxBytes + bodyBytes) {
    await lingerBeforeRefusal(req, res, deps.clock);
    throw new AppError('request/too-large');
  }
  try {
    return await parse(deps, req, { maxBytes, bodyBytes });
  } catch (error) {
    // What is left of the body is nobody's: the connection ends with the answer.
    req.unpipe();
    if (!req.complete) await lingerBeforeRefusal(req, res, deps.clock);
    throw error;
  }
}

interface Limits {
  readonly maxBytes: number;
  readonly bodyBytes: number;
}

function parse(deps: WebDeps, req: Request, limits: Limits): Promise<Received> {
  const parser = multipartParser(req, limits);
  const form = new Map<string, readonly string[]>();
  const files: PluginFile[] = [];
  let left = limits.maxBytes;
  let fieldsLeft = limits.bodyBytes;
  let isTrusted = req.get('X-CSRF-Token') !== undefined;
  const trust = (): void => {
    if (!isTrusted) requireToken(deps, req, form.get('_csrf')?.[0] ?? '');
    isTrusted = true;
  };
  return new Promise<Received>((resolve, reject) => {
    const tooLarge = (): void => reject(new AppError('request/too-large'));
    for (const event of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const) {
      parser.on(event, tooLarge);
    }
    parser.on('field', (name, value, { nameTruncated, valueTruncated }) => {
      fieldsLeft -= Buffer.byteLength(name) + Buffer.byteLength(value);
      if (nameTruncated || valueTruncated || fieldsLeft < 0) tooLarge();
      else form.set(name, [...(form.get(name) ?? []), value]);
    });
    parser.on('file', (field, stream, info) => {
      // A body cut short fails the file at once: without a listener that would end the process.
      stream.on('error', () => undefined);
      try {
        trust();
      } catch (error) {
        stream.resume();
        reject(toAppError(error));
        return;
      }
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        left -= chunk.length;
        if (left < 0) tooLarge();
        else chunks.push(chunk);
      });
      stream.on('end', () => {
        // A form without a chosen file still sends an empty part.
        const given: string | undefined = info.filename;
        if (given === undefined || given === '') return;
        const name = given.slice(-MAX_NAME_CHARS);
        files.push({ field, name, type: info.mimeType, content: Buffer.concat(chunks) });
      });
    });
    parser.on('close', () => {
      try {
        trust();
        resolve({ form, files });
      } catch (error) {
        reject(toAppError(error));
      }
    });
    parser.on('error', (cause) => reject(new AppError('request/invalid', { cause })));
    req.on('aborted', () => {
      reject(new AppError('request/invalid'));
      parser.destroy();
    });
    req.pipe(parser);
  });
}

/** Throws `request/invalid` for a body that names no boundary. */
function multipartParser(req: Request, { maxBytes, bodyBytes }: Limits): busboy.Busboy {
  try {
    return busboy({
      headers: req.headers,
      defParamCharset: 'utf8',
      limits: {
        fields: MAX_FIELDS,
        files: MAX_FILES,
        fieldSize: bodyBytes,
        fileSize: maxBytes + 1,
        parts: MAX_FIELDS + MAX_FILES,
      },
    });
  } catch (cause) {
    throw new AppError('request/invalid', { cause });
  }
}
