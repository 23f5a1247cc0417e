import { toAppError } from '../../base/errors';
import type { Import } from '../../transfer';
import { setFlash } from '../flash';
import { findMailbox, mailboxLabel, moveTargets } from '../folders';
import { receiveFile } from '../import-upload';
import { mailboxHref } from '../links';
import { type MailFrame, mailFrame, mailShell } from '../mail-page';
import type { ImportsModel } from '../pages/imports';
import { seeOther, sendPage } from '../reply';
import { type OpenCall, param, type RouteSpec } from '../route';

const IMPORTS = '/imports';
const LIMIT_BYTES = 2_000_000_000;

const STATES: Readonly<Record<Import['state'], string>> = {
  running: 'imports.state.running',
  done: 'imports.state.done',
  stopped: 'imports.state.stopped',
  failed: 'imports.state.failed',
};
const TROUBLES: Readonly<Record<string, string>> = {
  large: 'imports.trouble.large',
  empty: 'imports.trouble.empty',
  refused: 'imports.trouble.refused',
};

async function page(call: OpenCall, refused?: { readonly text: string; readonly status: number }) {
  const { deps, actor, ctx, req, res } = call;
  const frame = await mailFrame(call, undefined);
  const rows = await deps.imports.list(actor);
  const model: ImportsModel = {
    places: moveTargets(frame.account, '', ctx.t),
    chosen: typeof req.query['mailbox'] === 'string' ? req.query['mailbox'] : 'INBOX',
    error: refused?.text,
    limit: deps.renderer.formats(ctx.locale, ctx.site.timeZone).size(LIMIT_BYTES),
    rows: rows.map((row) => rowOf(call, frame, row)),
    isLive: rows.some(({ state }) => state === 'running'),
  };
  await sendPage(deps, req, res, {
    view: 'imports',
    status: refused?.status ?? 200,
    model,
    shell: mailShell(frame, { title: ctx.t('imports.title'), query: undefined }),
  });
}

function rowOf({ ctx }: OpenCall, frame: MailFrame, one: Import): ImportsModel['rows'][number] {
  const known = findMailbox(frame.account.mailboxes, one.mailbox);
  const { t } = ctx;
  return {
    id: one.id,
    filename: one.filename,
    mailbox: known ? mailboxLabel(known, t) : one.mailbox,
    href: mailboxHref('me', one.mailbox),
    percent: one.sizeBytes > 0 ? Math.floor((one.position / one.sizeBytes) * 100) : 100,
    isRunning: one.state === 'running',
    isStopped: one.state === 'stopped',
    state: t(STATES[one.state]),
    counts: [
      t('imports.brought', { count: one.brought }),
      ...(one.refused > 0 ? [t('imports.refused', { count: one.refused })] : []),
    ].join(' '),
    reason: one.reason === undefined ? undefined : t(one.reason),
    troubles: one.troubles.map(({ number, why }) =>
      t('imports.trouble.line', { number, why: t(TROUBLES[why] ?? 'imports.trouble.refused') }),
    ),
  };
}

/** Takes a file; it is brought in behind the answer. */
async function begin(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, res } = call;
  try {
    const id = await receiveFile(call, ({ form, filename, stream }) =>
      deps.imports.begin(actor, { mailbox: form.get('mailbox') ?? 'INBOX', filename, stream }),
    );
    if (id === undefined) return await page(call, { text: ctx.t('imports.noFile'), status: 422 });
  } catch (thrown) {
    const error = toAppError(thrown);
    const isTold = ['import/not-mail', 'import/many', 'request/too-large'].includes(error.code);
    if (!isTold) throw error;
    return page(call, { text: ctx.t(error.textKey), status: error.status });
  }
  seeOther(res, IMPORTS);
}

const act =
  (run: (call: OpenCall, id: string) => Promise<void>): ((call: OpenCall) => Promise<void>) =>
  async (call) => {
    await run(call, param(call.req, 'import'));
    seeOther(call.res, IMPORTS);
  };

const stop = act(async ({ deps, actor, res }, id) => {
  await deps.imports.stop(actor, id);
  setFlash(deps, res, { level: 'ok', key: 'imports.stopped', values: {} });
});
const resume = act(({ deps, actor }, id) => deps.imports.resume(actor, id));
const forget = act(({ deps, actor }, id) => deps.imports.forget(actor, id));

/** Files brought into mailboxes: `docs/urls.md`. */
export const importRoutes: readonly RouteSpec[] = [
  { method: 'get', path: IMPORTS, access: 'open', handle: (call) => page(call) },
  { method: 'post', path: IMPORTS, access: 'open', handle: begin },
  { method: 'post', path: `${IMPORTS}/:import/stop`, access: 'open', handle: stop },
  { method: 'post', path: `${IMPORTS}/:import/resume`, access: 'open', handle: resume },
  { method: 'post', path: `${IMPORTS}/:import/forget`, access: 'open', handle: forget },
];
