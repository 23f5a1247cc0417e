import { PassThrough, type Readable } from 'node:stream';
import busboy from 'busboy';
import { AppError, toAppError } from '../../base/errors';
import type { Draft, DraftAttachment } from '../../compose';
import { formOf } from '../body';
import { attachmentView } from '../compose-model';
import { requireToken } from '../csrf-gate';
import { seeOther, wantsJson } from '../reply';
import { type OpenCall, param, type RouteSpec } from '../route';
import { composePage, draftParam, ensureDraft, fieldsOf } from './compose';
import { sendBytes } from './parts';

/** Fields of a whole compose form may come along when the browser has no script. */
const MAX_FIELD_BYTES = 5_000_000;
const MAX_FILES = 50;
const MAX_FIELDS = 100;

interface Received {
  readonly form: Map<string, readonly string[]>;
  readonly files: DraftAttachment[];
  readonly refused: AppError | undefined;
}

/**
 * Streams the files of a multipart body to the draft, one after the other. The token comes in a
 * header or as the first field; nothing is stored before it was checked.
 */
async function receive(
  call: OpenCall,
  onFile: (form: Received['form'], file: IncomingFile) => Promise<DraftAttachment>,
): Promise<Received> {
  const { deps, req } = call;
  const limit = call.ctx.site.limits.messageBytes;
  const declared = Number(req.headers['content-length'] ?? 0);
  // Refused before the body is read (threats B1); the form around the file is small.
  if (declared > limit + MAX_FIELD_BYTES)
    throw new AppError('attachment/too-large', { textValues: sizeValues(call) });
  const form = new Map<string, readonly string[]>();
  const files: DraftAttachment[] = [];
  let refused: AppError | undefined;
  let isTrusted = req.get('X-CSRF-Token') !== undefined;
  let chain = Promise.resolve();

  const parser = multipartParser(req, limit);
  const tooMuch = (): void => {
    refused ??= new AppError('request/too-large');
  };
  parser.on('filesLimit', tooMuch);
  parser.on('fieldsLimit', tooMuch);
  parser.on('partsLimit', tooMuch);
  await new Promise<void>((resolve, reject) => {
    parser.on('field', (name, value, { valueTruncated }) => {
      // Half a text must never be saved over a whole one.
      if (valueTruncated) reject(new AppError('request/too-large'));
      form.set(name, [...(form.get(name) ?? []), value]);
    });
    parser.on('file', (name, stream, info) => {
      // A body cut short fails the file at once, maybe before anybody reads it: without a listener
      // that would end the process. Who reads it later is told as well.
      stream.on('error', () => undefined);
      try {
        if (!isTrusted) requireToken(deps, req, form.get('_csrf')?.[0] ?? '');
        isTrusted = true;
      } catch (error) {
        stream.resume();
        reject(toAppError(error));
        return;
      }
      // A form without a chosen file still sends an empty part.
      const filename: string | undefined = info.filename;
      if (name !== 'file' || filename === undefined || filename === '') {
        stream.resume();
        return;
      }
      chain = chain.then(async () => {
        try {
          files.push(
            await onFile(form, { filename, type: info.mimeType, stream: detached(stream) }),
          );
        } catch (error) {
          stream.resume();
          refused ??= toAppError(error);
        }
      });
    });
    parser.on('close', () => resolve());
    parser.on('error', (error) => reject(new AppError('request/invalid', { cause: error })));
    req.on('aborted', () => {
      reject(new AppError('request/invalid'));
      // Ends the file being written, whose temporary copy would stay open otherwise.
      parser.destroy();
    });
    req.pipe(parser);
  });
  await chain;
  if (!isTrusted) requireToken(deps, req, form.get('_csrf')?.[0] ?? '');
  return { form, files, refused };
}

/** Throws `request/invalid` for a body that is not multipart, or that names no boundary. */
function multipartParser(req: OpenCall['req'], maxFileBytes: number): busboy.Busboy {
  if (!(req.headers['content-type'] ?? '').startsWith('multipart/form-data')) {
    throw new AppError('request/invalid');
  }
  try {
    return busboy({
      headers: req.headers,
      defParamCharset: 'utf8',
      limits: {
        fields: MAX_FIELDS,
        files: MAX_FILES,
        fieldSize: MAX_FIELD_BYTES,
        fileSize: maxFileBytes + 1,
        parts: MAX_FIELDS + MAX_FILES,
      },
    });
  } catch (cause) {
    throw new AppError('request/invalid', { cause });
  }
}

/**
 * A copy that may be destroyed: busboy waits for ever for a file that its reader left, and with it
 * the request. What nobody reads any more is drained.
 */
function detached(file: Readable): Readable {
  const copy = new PassThrough();
  copy.on('close', () => {
    file.unpipe(copy);
    file.resume();
  });
  // A body cut short must fail the copy too, or its reader waits for ever with the file open.
  const fail = (): void => {
    copy.destroy(file.errored ?? new AppError('request/invalid'));
  };
  // Failing before anybody reads it must not end the process; who reads it later is told.
  copy.on('error', () => undefined);
  file.on('error', fail);
  if (file.errored) fail();
  return file.pipe(copy);
}

interface IncomingFile {
  readonly filename: string;
  readonly type: string;
  readonly stream: Readable;
}

const sizeValues = ({ deps, ctx }: OpenCall): Record<string, string> => ({
  limit: deps.renderer.formats(ctx.locale, ctx.site.timeZone).size(ctx.site.limits.messageBytes),
});

/** `POST /compose/:draft/attachments`, field `file`: JSON for the script, the page for a form. */
async function upload(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const id = draftParam(param(req, 'draft'));
  let ensured: Promise<{ draft: Draft }> | undefined;
  const received = await receive(call, async (form, file) => {
    ensured ??= ensureDraft(call, form);
    await ensured;
    return deps.compose.attach(actor, id, {
      filename: file.filename,
      declaredType: file.type,
      stream: file.stream,
      inline: form.get('inline')?.[0] === '1',
    });
  });
  if (wantsJson(req)) {
    if (received.refused) throw received.refused;
    const [first] = received.files;
    if (!first) throw new AppError('request/invalid');
    res.status(201).json({
      ...attachmentView(id, first),
      ...(first.contentId !== undefined && { contentId: first.contentId }),
    });
    return;
  }
  await keepFields(call, received.form);
  const { draft, init } = await ensureDraft(call, received.form);
  if (received.refused) {
    const { t } = call.ctx;
    const attachmentNotice = t(received.refused.textKey, {
      ...sizeValues(call),
      ...received.refused.textValues,
    });
    await composePage(call, draft, init, { status: received.refused.status, attachmentNotice });
    return;
  }
  seeOther(res, `/compose/${id}`);
}

/** Without script the whole form is sent with the file: what was typed is saved first. */
async function keepFields(
  call: OpenCall,
  form: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  if (!form.has('text') && !form.has('to')) return;
  const { draft } = await ensureDraft(call, form);
  const base = Number(form.get('revision')?.[0] ?? '');
  await call.deps.compose.save(call.actor, draft.id, fieldsOf(form, draft), {
    baseRevision: Number.isInteger(base) && base > 0 ? base : draft.revision,
    toServer: false,
  });
}

async function download(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const { info, stream } = await deps.compose.attachment(
    actor,
    draftParam(param(req, 'draft')),
    param(req, 'attachment'),
  );
  await sendBytes(res, stream, { filename: info.filename, inline: info.contentId !== undefined });
}

async function remove(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const id = draftParam(param(req, 'draft'));
  await keepFields(call, formOf(req.body));
  await deps.compose.detach(actor, id, param(req, 'attachment'));
  if (wantsJson(req)) res.json({ removed: param(req, 'attachment') });
  else seeOther(res, `/compose/${id}`);
}

export const attachmentRoutes: readonly RouteSpec[] = [
  {
    method: 'post',
    path: '/compose/:draft/attachments',
    access: 'open',
    handle: upload,
  },
  {
    method: 'get',
    path: '/compose/:draft/attachments/:attachment',
    access: 'open',
    handle: download,
  },
  {
    method: 'post',
    path: '/compose/:draft/attachments/:attachment/remove',
    access: 'open',
    handle: remove,
  },
];
