import express, { type RequestHandler } from 'express';
import { AppError } from '../base/errors';
import { isNotice } from './sign-in-paths';

/** A form of ours has far fewer; more is an attack on the parser (threats X29). */
const MAX_FIELDS = 2_000;
/** What a provider's server says of a session that ended; a signed token has a few kilobytes. */
const NOTICE_BYTES = 100_000;

const isMultipart = (type: string | undefined): boolean =>
  type?.startsWith('multipart/form-data') ?? false;

/** Parses urlencoded and JSON bodies within limits; drafts may be larger than other forms. */
export function bodyParser(limits: {
  readonly bodyBytes: number;
  readonly draftBytes: number;
}): RequestHandler {
  const parsers = (limit: number): RequestHandler[] => [
    express.urlencoded({ extended: false, limit, parameterLimit: MAX_FIELDS }),
    express.json({ limit, strict: true }),
  ];
  // As it came: only the plugin knows what its provider sends.
  const text = express.text({ type: () => true, limit: NOTICE_BYTES });
  const small = parsers(limits.bodyBytes);
  const large = parsers(limits.draftBytes);
  return (req, res, next) => {
    const type = req.headers['content-type'];
    if (req.method === 'POST' && isNotice(req.path)) {
      text(req, res, (error?: unknown) => next(error ? bodyError(error) : undefined));
      return;
    }
    if (req.method === 'GET' || req.method === 'HEAD' || isMultipart(type)) {
      next();
      return;
    }
    const [form, json] = req.path.startsWith('/compose') ? large : small;
    form?.(req, res, (error?: unknown) => {
      if (error) next(bodyError(error));
      else json?.(req, res, (failure?: unknown) => next(failure ? bodyError(failure) : undefined));
    });
  };
}

function bodyError(error: unknown): AppError {
  const type =
    typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  const isTooLarge = type === 'entity.too.large' || type === 'parameters.too.many';
  return new AppError(isTooLarge ? 'request/too-large' : 'request/invalid', { cause: error });
}

/** Form fields as strings; a repeated field keeps its values in order. Prototype keys never exist. */
export function formOf(body: unknown): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, readonly string[]>();
  if (typeof body !== 'object' || body === null) return fields;
  for (const [name, value] of Object.entries(body)) {
    const values = (Array.isArray(value) ? value : [value]).filter(
      (one) => typeof one === 'string',
    );
    fields.set(name, values);
  }
  return fields;
}

export const field = (form: ReadonlyMap<string, readonly string[]>, name: string): string =>
  form.get(name)?.[0] ?? '';

/** A whole number of a form or a query; `undefined` for anything else. */
export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
