import type { Response } from 'express';
import { AppError } from '../../base/errors';
import { onClosed } from '../closed';
import type { RequestContext } from '../context';
import { readCookie } from '../cookies';
import { findMailbox } from '../folders';
import { listPane, mailFrame, mailShell, queryOf } from '../mail-page';
import { asUid } from '../message-path';
import { factsOf, viewContext } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { buildShell } from '../shell';
import { dataLines } from '../streams';

const HEARTBEAT_MS = 25_000; // proxies close a silent answer after 30 to 60 s
const RETRY_MS = 3_000;
/** Changes come in bursts (a filter moves fifty messages): one refresh for all of them. */
const QUIET_MS = 300;

/**
 * Server-sent events of one list: each change of its mailbox sends Turbo Streams with the list and
 * the folder pane as they are now. Works on any process: nothing here is another one's memory.
 */
async function events(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const mailbox = typeof req.query['mailbox'] === 'string' ? req.query['mailbox'] : 'INBOX';
  const { mailboxes } = await deps.mail.account(actor);
  if (!findMailbox(mailboxes, mailbox)) throw new AppError('mailbox/not-found');
  const reader = { site: ctx.site.id, user: actor.user.id, locale: ctx.locale };
  if (!deps.streams.add(ctx.session?.session.id ?? '', res, reader)) {
    // 204 tells an EventSource not to come back (HTML 9.2.3); the tab falls back to reloads.
    res.status(204).end();
    return;
  }
  deps.metrics.sseOpened();
  startStream(res, deps.clock.now());

  let timer: (() => void) | undefined;
  let isSending = false;
  let isDue = false;
  const refresh = (): void => {
    if (timer) return;
    timer = deps.clock.after(QUIET_MS, () => {
      timer = undefined;
      void push();
    });
  };
  const push = async (): Promise<void> => {
    if (isSending) {
      isDue = true;
      return;
    }
    isSending = true;
    // Each refresh is a request of its own for the time that plugins may take.
    ctx.budget.leftMs = deps.config.pluginBudgetMs;
    try {
      const html = await listStreams(call, mailbox);
      if (!res.writableEnded) res.write(`id: ${deps.clock.now()}\n${dataLines(html)}\n\n`);
    } catch (error) {
      deps.log.warn({ err: error, requestId: ctx.id }, 'events/refresh-failed');
    } finally {
      isSending = false;
      if (isDue) {
        isDue = false;
        refresh();
      }
    }
  };

  const stopWatch = deps.mail.watch(actor, mailbox, () => refresh());
  const stopBeat = deps.clock.every(HEARTBEAT_MS, () => void beat(call, res));
  const stopClosed = deps.sessions.onClosed(({ sessionId }) => {
    if (sessionId === ctx.session?.session.id) res.end();
  });
  // A browser that reconnects may have missed changes meanwhile.
  if (req.get('Last-Event-ID') !== undefined) refresh();
  onClosed(res, () => {
    stopWatch();
    stopBeat();
    stopClosed();
    timer?.();
    deps.metrics.sseClosed();
  });
}

/** The first id, so that a stream cut before its first push is told of what it missed too. */
function startStream(res: Response, id: number): void {
  res.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
  res.setHeader('X-Accel-Buffering', 'no');
  res.flushHeaders();
  res.write(`retry: ${RETRY_MS}\nid: ${id}\n\n`);
}

/** Keeps the answer alive, and ends it when the session ended in another process. */
async function beat({ deps, ctx, req }: OpenCall, res: Response): Promise<void> {
  if (res.writableEnded) return;
  const isAlive = await sessionIsAlive(deps, ctx, req);
  if (isAlive) res.write(': ok\n\n');
  else res.end();
}

async function sessionIsAlive(
  deps: OpenCall['deps'],
  ctx: RequestContext,
  req: OpenCall['req'],
): Promise<boolean> {
  const cookie = readCookie(req, 'session', deps.config.isSecure);
  const loaded = await deps.sessions
    .load(cookie, ctx.site, { touch: false, remote: ctx.remote })
    .catch(() => undefined);
  return loaded?.session.state === 'open';
}

async function listStreams(call: OpenCall, mailbox: string): Promise<string> {
  const { deps, req } = call;
  const query = queryOf(call, mailbox);
  const asked = req.query['selected'];
  const selected = typeof asked === 'string' && asked !== '' ? asUid(asked) : undefined;
  const frame = await mailFrame(call, mailbox);
  const { model: list, facts } = await listPane(call, frame, query, selected);
  const shell = await buildShell(deps, req, mailShell(frame, { title: list.mailbox.label, query }));
  return deps.renderer.fragment(viewContext(req), {
    view: 'stream/list',
    model: { list },
    shell,
    facts: { ...factsOf(call.ctx), ...facts },
  });
}

export const eventRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/events', access: 'open', handle: events },
];
