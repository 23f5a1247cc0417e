import { PassThrough, type Readable } from 'node:stream';
import busboy from 'busboy';
import { AppError, toAppError } from '../../base/errors';
import { attachableBytes, type Draft, type DraftAttachment, type SaveResult } from '../../compose';
import { field, formOf } from '../body';
import { draftParam, type Form, keepFields, saveForm } from '../compose-form';
import { attachmentView } from '../compose-model';
import { requireToken } from '../csrf-gate';
import { lingerBeforeRefusal } from '../linger';
import { wantsJson } from '../reply';
import { type OpenCall, param, type RouteSpec } from '../route';
import { sendBytes } from '../send-bytes';
import { backToDraft, composePage } from './compose';

/** Fields of a whole compose form may come along when the browser has no script. */
const MAX_FIELD_BYTES = 5_000_000;
const MAX_FILES = 50;
const MAX_FIELDS = 100;
/** Times the limit on a message that is read and thrown away for the sake of the words in it. */
const MAX_DRAINED = 4;

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
 * away. Beyond that the connection ends with the answer.
 */
async function refuseBySize(call: OpenCall): Promise<AppError | undefined> {
  const { req, res } = call;
  const most = call.ctx.site.limits.messageBytes + MAX_FIELD_BYTES;
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared <= most) return undefined;
  const error = new AppError('attachment/too-large', { textValues: sizeValues(call) });
  if (declared <= most * MAX_DRAINED) return error;
  await lingerBeforeRefusal(req, res, call.deps.clock);
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
  const kept = keeper(call);
  const received = await receive(call, async (form, file) => {
    const { draft } = await kept.before(form);
    return deps.compose.attach(actor, draft.id, {
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
    const { draft } = await kept.whole(received.form);
    res.status(201).json({
      ...attachmentView(draft.id, first),
      ...(first.contentId !== undefined && { contentId: first.contentId }),
    });
    return;
  }
  const saved = await kept.whole(received.form);
  if (!received.refused) return backToDraft(call, saved);
  const { t } = call.ctx;
  const attachmentNotice = t(received.refused.textKey, {
    ...sizeValues(call),
    ...received.refused.textValues,
  });
  const draft = await deps.compose.load(actor, saved.draft.id);
  const { status } = received.refused;
  await composePage(call, draft, { mode: 'new' }, { status, saved, attachmentNotice });
}

/**
 * What was typed is saved before its first file, which goes to the draft that has the words; fields
 * that come after the file, as no browser sends them, are saved in that draft at the end.
 */
function keeper(call: OpenCall) {
  let kept: Promise<SaveResult> | undefined;
  let fields = 0;
  const before = (form: Form): Promise<SaveResult> => {
    fields = kept ? fields : form.size;
    kept ??= keepFields(call, new Map(form));
    return kept;
  };
  const whole = async (form: Form): Promise<SaveResult> => {
    const saved = await before(form);
    if (form.size === fields) return saved;
    const late = await saveForm(
      call,
      new Map([...form, ['revision', [String(saved.draft.revision)]]]),
      saved.draft,
      { toServer: false },
    );
    return { ...late, conflictWith: late.conflictWith ?? saved.conflictWith };
  };
  return { before, whole };
}

/** `POST /compose/:draft/import`, field `uri`: a file that a plugin brings. */
async function importByAddress(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const form = formOf(req.body);
  const saved = await keepFields(call, form);
  const { id } = saved.draft;
  const file = await deps.compose.importFile(actor, id, field(form, 'uri'));
  if (wantsJson(req)) res.status(201).json(attachmentView(id, file));
  else await backToDraft(call, saved);
}

async function download(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const { info, stream } = await deps.compose.attachment(
    actor,
    draftParam(req),
    param(req, 'attachment'),
  );
  await sendBytes(res, stream, { filename: info.filename, inline: info.contentId !== undefined });
}

async function remove(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const form = formOf(req.body);
  const attachment = param(req, 'attachment');
  // First: of a draft that is gone there is no file to remove, and keeping the fields makes it anew.
  const asked = await deps.compose.load(actor, draftParam(req));
  const saved = await keepFields(call, form);
  await deps.compose.detach(actor, saved.draft.id, sameFile(asked, saved.draft, attachment));
  if (wantsJson(req)) res.json({ removed: attachment });
  else await backToDraft(call, saved);
}

/** A file of a draft in the one that took its text: a copy, under another id. */
function sameFile(from: Draft, to: Draft, id: string): string {
  if (from.id === to.id) return id;
  const file = from.attachments.find((one) => one.id === id);
  const copy = to.attachments.find(
    ({ filename, type, sizeBytes }) =>
      filename === file?.filename && type === file.type && sizeBytes === file.sizeBytes,
  );
  return copy?.id ?? id;
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
