import type { PluginContext, PluginRequest, PluginResponse, PluginRouter } from 'estafette/plugin';
import { askToLeave } from './ask';
import type { UnsubscribeConfig } from './config';
import { findList, queryOf, refOf } from './found';
import {
  closeRequest,
  findRequest,
  lastRequest,
  listRequests,
  type Outcome,
  openRequest,
} from './requests';

type Context = PluginContext<UnsubscribeConfig>;

const RESULTS: Readonly<Record<Outcome, { readonly level: string; readonly key: string }>> = {
  accepted: { level: 'ok', key: 'list-unsubscribe:result.accepted' },
  sent: { level: 'ok', key: 'list-unsubscribe:result.sent' },
  waiting: { level: 'warn', key: 'list-unsubscribe:result.waiting' },
  refused: { level: 'danger', key: 'list-unsubscribe:result.refused' },
  unreachable: { level: 'danger', key: 'list-unsubscribe:result.unreachable' },
  unknown: { level: 'warn', key: 'list-unsubscribe:result.unknown' },
};

/** What somebody asked for so far: where an address that names no message leads. */
async function showRequests(request: PluginRequest, context: Context): Promise<PluginResponse> {
  const { user, site, locale } = request;
  const found = user ? await listRequests(context.db, { site, user: user.id }) : [];
  return {
    view: 'requests',
    title: context.text(locale)('list-unsubscribe:title'),
    model: {
      requests: found.map(({ id, to, askedAt }) => ({
        to,
        askedAt,
        href: `${context.url('result')}?id=${id}`,
      })),
    },
  };
}

/** What would be sent, and where: shown before anything is. */
async function showQuestion(
  request: PluginRequest,
  context: Context,
  isOverLimit = false,
): Promise<PluginResponse> {
  const { user, as, site, locale } = request;
  const ref = refOf(isOverLimit ? request.body : request.query);
  const found = user && as && ref && (await findList(context, as, request, ref));
  if (!found) return { status: 404 };
  const last = await lastRequest(context.db, { site, user: user.id }, found.list);
  return {
    view: 'question',
    title: context.text(locale)('list-unsubscribe:title'),
    model: {
      ...found,
      me: user.mail,
      ref,
      askedAt: last?.askedAt ?? '',
      action: context.url('question'),
      isOverLimit,
    },
    status: isOverLimit ? 422 : 200,
  };
}

async function ask(request: PluginRequest, context: Context): Promise<PluginResponse> {
  const { user, as, site, body } = request;
  const ref = refOf(body);
  const found = user && as && ref && (await findList(context, as, request, ref));
  if (!found) return { status: 404 };
  const { way, list } = found;
  // What the page said is what is done: a message that says otherwise by now is looked at again.
  const isShown = body['way'] === way.kind && body['to'] === way.to;
  if (way.kind === 'link' || !isShown) {
    return { redirect: `${context.url('question')}?${queryOf(ref)}` };
  }
  const owner = { site, user: user.id };
  const { perHour } = context.config(request);
  const made = { list, way: way.kind, to: way.to, now: context.clock.now(), perHour };
  const opened = await openRequest(context.db, owner, made);
  if (opened.kind === 'over-limit') return showQuestion(request, context, true);
  const result = { redirect: `${context.url('result')}?id=${opened.id}` };
  if (opened.kind === 'again') return result;
  const outcome = await askToLeave(context, as, way);
  await closeRequest(context.db, opened.id, outcome);
  await context.audit({ event: 'asked', as, details: { way: way.kind, outcome } });
  return result;
}

async function showResult(request: PluginRequest, context: Context): Promise<PluginResponse> {
  const { user, site, locale, query } = request;
  const id = query['id'] ?? '';
  const found = user && (await findRequest(context.db, { site, user: user.id }, id));
  if (!found) return { status: 404 };
  return {
    view: 'result',
    title: context.text(locale)('list-unsubscribe:title'),
    model: { ...found, ...RESULTS[found.outcome] },
  };
}

/** Below `/list-unsubscribe`: reading an address asks nothing of anybody, only the form does. */
export function routes(router: PluginRouter<UnsubscribeConfig>): void {
  router.get('/', showRequests);
  router.get('/question', (request, context) =>
    request.query['uid'] === undefined
      ? showRequests(request, context)
      : showQuestion(request, context),
  );
  router.post('/question', ask);
  router.get('/result', (request, context) =>
    request.query['id'] === undefined
      ? showRequests(request, context)
      : showResult(request, context),
  );
}
