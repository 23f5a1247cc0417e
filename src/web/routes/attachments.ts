import { PassThrough, type Readable } from 'node:stream';
import busboy from 'busboy';
import { AppError, toAppError } from '../../base/errors';
import { attachableBytes, type Draft, type DraftAttachment } from '../../compose';
import { field, formOf } from '../body';
import { attachmentView } from '../compose-model';
import { requireToken } from '../csrf-gate';
import { seeOther, wantsJson } from '../reply';
import { type OpenCall, param, type RouteSpec } from '../route';
import { composePage, draftParam, ensureDraft, saveForm } from './compose';
import { sendBytes } from './parts';

/** Fields of a whole compose form may come along when the browser has no script. */
const MAX_FIELD_BYTES = 5_000_000;
const MAX_FILES = 50;
const MAX_FIELDS = 100;
/** Times the limit on a message that is read and thrown away for the sake of the words in it. */
const MAX_DRAINED = 4;
const LINGER_MS = 1_000;

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
  const tooLarge = await refuseBySize(call);
  const form = new Map<string, readonly string[]>();
  const files: DraftAttachment[] = [];
  let refused = tooLarge;
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
      // Of a body that is too large only the words are kept.
      if (name !== 'file' || filename === undefined || filename === '' || tooLarge) {
        stream.resume();
        return;
      }
      chain = chain.then(async () => {
        const copy = detached(stream);
        try {
          files.push(await onFile(form, { filename, type: info.mimeType, stream: copy }));
        } catch (error) {
          // Refused before anybody read it, it would fill up and hold the rest of the body back.
          copy.destroy();
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

/**
 * What the announced size of the body already decides (threats B1); the form around the files is
 * small. The words of a body that is not absurd are still read, to be kept, and its files thrown
 * away. Beyond that the connection ends with the answer; a moment of reading first, or the reset
 * would reach the browser before the answer does.
 */
async function refuseBySize(call: OpenCall): Promise<AppError | undefined> {
  const { req, res } = call;
  const most = call.ctx.site.limits.messageBytes + MAX_FIELD_BYTES;
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared <= most) return undefined;
  const error = new AppError('attachment/too-large', { textValues: sizeValues(call) });
  if (declared <= most * MAX_DRAINED) return error;
  res.setHeader('Connection', 'close');
  await new Promise<void>((resolve) => {
    const cancel = call.deps.clock.after(LINGER_MS, resolve);
    req.once('close', () => {
      cancel();
      resolve();
    });
    req.resume();
  });
  throw error;
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
  limit: deps.renderer
    .formats(ctx.locale, ctx.site.timeZone)
    .size(attachableBytes(ctx.site.limits.messageBytes)),
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
  await saveForm(call, form, draft, { toServer: false });
}

/** `POST /compose/:draft/import`, field `uri`: a file that a plugin brings. */
async function importByAddress(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const form = formOf(req.body);
  const { draft } = await ensureDraft(call, form);
  await keepFields(call, form);
  const file = await deps.compose.importFile(actor, draft.id, field(form, 'uri'));
  if (wantsJson(req)) res.status(201).json(attachmentView(draft.id, file));
  else seeOther(res, `/compose/${draft.id}`);
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
  { method: 'post', path: '/compose/:draft/import', access: 'open', handle: importByAddress },
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
