import type { Transit, TransitHop } from '../../mail';
import { withQuery } from '../links';
import { MESSAGE, namedMessage } from '../message-path';
import type { TransitModel, TransitStepModel } from '../pages/reading';
import { sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { durationWords } from './duration';

/** Ordinary mail passes in seconds; what took this long is worth a look. */
const SLOW_MS = 5 * 60_000;

/** Who sent a message, when and through which servers. */
async function showTransit(call: OpenCall): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const view = await namedMessage(call);
  const transit = await deps.mail.transit(actor, view.ref);
  const path = req.path.replace(/\/path$/, '');
  const at = { uidvalidity: view.ref.uidValidity };
  const [from] = view.from;
  const model: TransitModel = {
    subject: view.subject,
    back: path,
    headersHref: withQuery(`${path}/headers`, at),
    sourceHref: withQuery(`${path}/source`, at),
    from: from ? (from.name === '' ? from.mail : `${from.name} <${from.mail}>`) : '',
    program: transit.program,
    writtenAt: transit.writtenAt,
    arrivedAt: view.internalDate,
    steps: transit.hops.map((hop) => stepOf(call, transit, hop)),
    isCut: transit.isCut,
    knowsOwn: transit.knowsOwn,
    total: totalOf(call, transit),
  };
  await sendPage(deps, req, res, {
    view: 'transit',
    layout: 'layout-bare',
    model,
    shell: { title: ctx.t('transit.title', { subject: view.subject }), area: 'mail' },
  });
}

function stepOf({ ctx }: OpenCall, { knowsOwn }: Transit, hop: TransitHop): TransitStepModel {
  const { delayMs } = hop;
  return {
    by: hop.by ?? ctx.t('transit.unknownServer'),
    from: hop.from,
    fromSeen: hop.fromSeen,
    date: hop.date,
    delay:
      delayMs === undefined
        ? undefined
        : delayMs < 0
          ? ctx.t('transit.clocks')
          : ctx.t('transit.after', { duration: durationWords(delayMs, ctx.t) }),
    isSlow: delayMs !== undefined && delayMs >= SLOW_MS,
    isTrusted: knowsOwn && hop.isTrusted,
    isEncrypted: hop.isEncrypted,
    protocol: hop.protocol,
  };
}

function totalOf({ ctx }: OpenCall, { hops, writtenAt }: Transit): string | undefined {
  const last = hops.findLast(({ date }) => date !== undefined)?.date;
  if (writtenAt === undefined || last === undefined) return undefined;
  const ms = Date.parse(last) - Date.parse(writtenAt);
  return ms < 0 ? undefined : durationWords(ms, ctx.t);
}

export const transitRoutes: readonly RouteSpec[] = [
  { method: 'get', path: `${MESSAGE}/path`, access: 'open', handle: showTransit },
];
