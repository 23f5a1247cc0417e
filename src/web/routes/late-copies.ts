import { AppError } from '../../base/errors';
import type { CopyPlace } from '../../compose';
import { field, formOf } from '../body';
import { draftParam } from '../compose-form';
import { setFlash } from '../flash';
import { HOME } from '../links';
import type { Banner } from '../pages/shell';
import { seeOther } from '../reply';
import type { OpenCall, RouteSpec } from '../route';

const PLACES: readonly CopyPlace[] = ['sent', 'drafts', 'hidden'];

/** What the agent has to hear above a list: which sent messages have no copy, and what they may do. */
export async function lateCopyBanners({ deps, actor, ctx }: OpenCall): Promise<readonly Banner[]> {
  const copies = await deps.compose.lateCopies(actor).catch((err: unknown) => {
    deps.log.warn({ err, requestId: ctx.id }, 'compose/late-copies-failed');
    return [];
  });
  return copies.map(({ draft, subject }) => ({
    level: 'warn',
    strong: ctx.t('send.lateCopy.title'),
    text: ctx.t('send.lateCopy.text', {
      subject: subject === '' ? ctx.t('mail.noSubject') : subject,
    }),
    actions: PLACES.map((place) => ({
      label: ctx.t(`send.lateCopy.${place}`),
      action: `/compose/${encodeURIComponent(draft)}/copy`,
      fields: [{ name: 'place', value: place }],
    })),
  }));
}

/** The agent's choice for the copy of a sent message; the next page says how it went. */
async function settle({ deps, actor, req, res }: OpenCall): Promise<void> {
  const asked = field(formOf(req.body), 'place');
  const place = PLACES.find((known) => known === asked);
  if (!place) throw new AppError('request/invalid');
  const isDone = await deps.compose.settleLateCopy(actor, draftParam(req), place);
  if (isDone) {
    if (place !== 'hidden') {
      setFlash(deps, res, { level: 'ok', key: `send.lateCopy.done.${place}`, values: {} });
    }
  } else setFlash(deps, res, { level: 'danger', key: 'send.lateCopy.failed', values: {} });
  seeOther(res, HOME);
}

export const lateCopyRoutes: readonly RouteSpec[] = [
  { method: 'post', path: '/compose/:draft/copy', access: 'open', handle: settle },
];
