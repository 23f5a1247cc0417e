import { PassThrough } from 'node:stream';
import busboy from 'busboy';
import { AppError, toAppError } from '../base/errors';
import { requireToken } from './csrf-gate';
import type { OpenCall } from './route';

const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 10_000;

/** What came before the file, and the file, while it is sent. */
export interface Incoming {
  readonly form: ReadonlyMap<string, string>;
  readonly filename: string;
  readonly stream: PassThrough;
}

/**
 * The one file of a form, given on as it comes; undefined when none was chosen. The token has to come
 * before it: nothing is kept of a body without. Throws what `onFile` throws.
 */
export async function receiveFile<T>(
  { deps, req }: OpenCall,
  onFile: (incoming: Incoming) => Promise<T>,
): Promise<T | undefined> {
  const form = new Map<string, string>();
  const parser = parserOf(req);
  let result: Promise<T> | undefined;
  // The gate has looked at one in a header.
  let isTrusted = req.get('X-CSRF-Token') !== undefined;
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: unknown): void => reject(toAppError(cause));
    parser.on('field', (name, value) => form.set(name, value));
    parser.on('file', (name, stream, info) => {
      stream.on('error', () => undefined);
      const filename: string | undefined = info.filename;
      if (name !== 'file' || filename === undefined || filename === '' || result) {
        stream.resume();
        return;
      }
      try {
        if (!isTrusted) requireToken(deps, req, form.get('_csrf') ?? '');
        isTrusted = true;
      } catch (error) {
        stream.resume();
        refuse(error);
        return;
      }
      const copy = new PassThrough();
      copy.on('error', () => undefined);
      // Left by its reader, what still comes is drained, or the answer would never be read.
      copy.on('close', () => {
        stream.unpipe(copy);
        stream.resume();
      });
      stream.on('error', () => copy.destroy(new AppError('request/invalid')));
      result = onFile({ form, filename: filename.slice(-255), stream: stream.pipe(copy) });
      result.catch(() => copy.destroy());
    });
    parser.on('close', () => resolve());
    parser.on('error', (cause) => reject(new AppError('request/invalid', { cause })));
    req.on('aborted', () => {
      reject(new AppError('request/invalid'));
      parser.destroy();
    });
    req.pipe(parser);
  });
  if (!isTrusted) requireToken(deps, req, form.get('_csrf') ?? '');
  return result;
}

function parserOf(req: OpenCall['req']): busboy.Busboy {
  try {
    return busboy({
      headers: req.headers,
      defParamCharset: 'utf8',
      limits: { fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES, files: 1, parts: MAX_FIELDS + 1 },
    });
  } catch (cause) {
    throw new AppError('request/invalid', { cause });
  }
}
