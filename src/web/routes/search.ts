import { termsOf } from '../../mail';
import { onClosed } from '../closed';
import { withQuery } from '../links';
import { type MailFrame, mailFrame, mailShell } from '../mail-page';
import type { SearchPageModel } from '../pages/search';
import { factsOf, seeOther, sendPage, viewContext } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { enough, type Gathered } from '../search/gather';
import {
  formModel,
  type Prepared,
  pickedActions,
  prepare,
  problemText,
  scopeLinks,
  shownResults,
  start,
} from '../search/page';
import { SEARCH, searchHref, writtenByForm } from '../search/request';
import { buildShell } from '../shell';
import { dataLines } from '../streams';

/** Once something is found, the page waits this long for more; its stream brings the rest. */
const SOON_MS = 150;
const FIRST_MS = 2_500;
/** Where somebody asks to wait; a page answers within ten seconds. */
const PATIENT_MS = 8_000;
/** A search that takes longer is one that the server does not end. */
const STREAM_MS = 120_000;
/** Mailboxes answer in bursts: one drawing for all of them. */
const QUIET_MS = 250;
const RETRY_MS = 10_000;

function shellOf(call: OpenCall, frame: MailFrame, { request }: Prepared) {
  const { ctx } = call;
  const title =
    request.text === '' ? ctx.t('find.title') : ctx.t('find.titleOf', { words: request.text });
  return {
    ...mailShell(frame, { title, query: undefined }),
    search: { action: SEARCH, value: request.text, box: request.box },
  };
}

/** Words that plugins may know something of; operators are a matter of mail. */
const plainText = ({ query }: Prepared): string | undefined => {
  const words = termsOf(query).flatMap(({ term, isWanted }) =>
    isWanted && term.kind === 'text' && term.field === 'any' ? [term.value] : [],
  );
  return words.length > 0 ? words.join(' ') : undefined;
};

async function show(call: OpenCall): Promise<void> {
  const { deps, req, res } = call;
  const written = writtenByForm(req);
  if (written !== undefined) {
    const box = typeof req.query['box'] === 'string' ? req.query['box'] : '';
    seeOther(res, searchHref({ text: written, by: 'date', box }));
    return;
  }
  const frame = await mailFrame(call, undefined);
  if (frame.trouble) throw frame.trouble;
  const prepared = await prepare(call, frame);
  const { request, problem, isAsked } = prepared;
  const isSearched = isAsked && problem === undefined;
  const [gathered, elsewhere] = await Promise.all([
    isSearched ? firstResults(call, prepared) : undefined,
    isSearched ? deps.findElsewhere(call, plainText(prepared)) : [],
  ]);
  const model: SearchPageModel = {
    text: request.text,
    isAsked,
    isSaved: (frame.folders.searches ?? []).some(({ isCurrent }) => isCurrent),
    problem: problemText(call, problem),
    form: formModel(call, frame, prepared),
    scopes: scopeLinks(call, frame, prepared),
    results: gathered && (await shownResults(call, frame, prepared, gathered)),
    selection: gathered && pickedActions(call, frame, prepared),
    liveHref:
      gathered && gathered.pending > 0
        ? withQuery(`${SEARCH}/events`, {
            q: request.text,
            by: request.by,
            box: request.box,
            page: request.page,
          })
        : undefined,
    elsewhere,
  };
  await sendPage(deps, req, res, {
    view: 'search',
    status: problem === undefined ? 200 : 422,
    model,
    shell: shellOf(call, frame, prepared),
  });
}

/** What is found within the time that a page may take; when it has left, nobody waits any more. */
async function firstResults(call: OpenCall, prepared: Prepared): Promise<Gathered> {
  const { deps, res } = call;
  const stop = new AbortController();
  onClosed(res, () => stop.abort());
  const gathered = start(call, prepared, stop.signal);
  await enough(
    gathered,
    deps.clock,
    prepared.request.isPatient
      ? { soonMs: PATIENT_MS, maxMs: PATIENT_MS }
      : { soonMs: SOON_MS, maxMs: FIRST_MS },
  );
  return gathered;
}

/**
 * Server-sent events of one search: the results as they are now, each time that mailboxes have
 * answered, until all have. Leaving the page ends it, and the work on the mail server with it.
 */
async function events(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, res } = call;
  const frame = await mailFrame(call, undefined);
  if (frame.trouble) throw frame.trouble;
  const prepared = await prepare(call, frame);
  const reader = { site: ctx.site.id, user: actor.user.id, locale: ctx.locale };
  const isNothing = !prepared.isAsked || prepared.problem !== undefined;
  if (isNothing || !deps.streams.add(ctx.session?.session.id ?? '', res, reader)) {
    // 204 tells an EventSource not to come back (HTML 9.2.3); the page has a link that goes on.
    res.status(204).end();
    return;
  }
  res.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
  res.setHeader('X-Accel-Buffering', 'no');
  res.flushHeaders();
  res.write(`retry: ${RETRY_MS}\n\n`);
  const stop = new AbortController();
  const stopLate = deps.clock.after(STREAM_MS, () => stop.abort());
  const stopClosed = deps.sessions.onClosed(({ sessionId }) => {
    if (sessionId === ctx.session?.session.id) res.end();
  });
  onClosed(res, () => {
    stop.abort();
    stopLate();
    stopClosed();
  });
  await push(call, { frame, prepared, gathered: start(call, prepared, stop.signal) });
}

interface Pushed {
  readonly frame: MailFrame;
  readonly prepared: Prepared;
  readonly gathered: Gathered;
}

/** Sends the results after each burst of answers; the last time, the stream ends itself. */
function push(call: OpenCall, { frame, prepared, gathered }: Pushed): Promise<void> {
  const { deps, ctx, res } = call;
  return new Promise((resolve) => {
    let timer: (() => void) | undefined;
    const finish = (): void => {
      stopListening();
      timer?.();
      resolve();
    };
    const draw = async (): Promise<void> => {
      const isLast = gathered.isDone;
      // Each drawing is a request of its own for the time that plugins may take.
      ctx.budget.leftMs = deps.config.pluginBudgetMs;
      try {
        const html = await streamOf(call, { frame, prepared, gathered }, isLast);
        if (!res.writableEnded) res.write(`${dataLines(html)}\n\n`);
      } catch (error) {
        deps.log.warn({ err: error, requestId: ctx.id }, 'search/stream-failed');
      }
      timer = undefined;
      if (isLast) {
        res.end();
        finish();
      } else if (gathered.isDone) plan();
    };
    const plan = (): void => {
      timer ??= deps.clock.after(QUIET_MS, () => void draw());
    };
    const stopListening = gathered.onChange(plan);
    onClosed(res, finish);
    if (gathered.isDone) plan();
  });
}

async function streamOf(call: OpenCall, pushed: Pushed, isLast: boolean): Promise<string> {
  const { deps, req } = call;
  const { frame, prepared, gathered } = pushed;
  const results = await shownResults(call, frame, prepared, gathered);
  return deps.renderer.fragment(viewContext(req), {
    view: 'stream/search',
    model: { results, isLast },
    shell: await buildShell(deps, req, shellOf(call, frame, prepared)),
    facts: factsOf(call.ctx),
  });
}

/** Search in all mailboxes: `docs/urls.md`. */
export const searchRoutes: readonly RouteSpec[] = [
  { method: 'get', path: SEARCH, access: 'open', handle: show },
  { method: 'get', path: `${SEARCH}/events`, access: 'open', handle: events },
];
