/**
 * New messages told by the devices of an agent: pages that ask what came, and devices that are told
 * through the push service of their browser. Called by the table of routes;
 * `skins/base/assets/desktop/` asks.
 */
import { z } from 'zod';
import { announce, MAX_MAILBOXES, type PushProblem } from '../../announce';
import { AppError } from '../../base/errors';
import type { UidValidity } from '../../base/types';
import type { NewsPlace } from '../../mail';
import { deviceText } from '../../session';
import { field, formOf } from '../body';
import { messageHref } from '../links';
import type { OpenCall, RouteSpec } from '../route';

const MAX_CURSOR = 8_000;

const cursorShape = z
  .array(z.tuple([z.string().max(1_000), z.int().positive(), z.int().positive()]))
  .max(MAX_MAILBOXES * 2);

/** What a device remembers; nothing of what it cannot have been given. */
function knownPlaces(asked: unknown): readonly NewsPlace[] {
  if (typeof asked !== 'string' || asked === '') return [];
  if (asked.length > MAX_CURSOR) throw new AppError('request/invalid');
  let value: unknown;
  try {
    value = JSON.parse(asked);
  } catch {
    throw new AppError('request/invalid');
  }
  const parsed = cursorShape.safeParse(value);
  if (!parsed.success) throw new AppError('request/invalid');
  return parsed.data.map(([mailbox, uidValidity, uidNext]) => ({
    mailbox,
    uidValidity: uidValidity as UidValidity,
    uidNext,
  }));
}

/** `GET /events/news`: the session is not kept alive by it, any more than by a list that is open. */
async function news({ deps, actor, ctx, req, res }: OpenCall): Promise<void> {
  const known = knownPlaces(req.query['at']);
  const { places, isQuiet, notices } = await announce(
    deps,
    { actor, core: ctx.core, t: ctx.t },
    known,
  );
  res.setHeader('Cache-Control', 'no-store');
  res.json({
    at: places.map(({ mailbox, uidValidity, uidNext }) => [mailbox, uidValidity, uidNext]),
    quiet: isQuiet,
    notices: notices.map(({ uid, ...notice }) => ({
      ...notice,
      href: messageHref('me', notice.mailbox, uid),
    })),
  });
}

/** What a browser subscribes with; 404 where the site wants no push. */
async function sendKey({ deps, ctx, res }: OpenCall): Promise<void> {
  const key = deps.pushing.keyFor(ctx.site);
  if (key === undefined) throw new AppError('request/not-found');
  res.json({ key });
}

const PROBLEMS = {
  'not-allowed': 'announce.push.notAllowed',
  service: 'announce.push.service',
  invalid: 'announce.push.invalid',
  access: 'announce.push.access',
} as const satisfies Record<PushProblem, string>;

async function subscribe({ deps, actor, ctx, req, res }: OpenCall): Promise<void> {
  const form = formOf(req.body);
  const problem = await deps.pushing.subscribe(actor, {
    endpoint: field(form, 'endpoint'),
    p256dh: field(form, 'p256dh'),
    auth: field(form, 'auth'),
    device: deviceText(ctx.t, req.get('User-Agent') ?? ''),
  });
  if (problem === undefined) res.status(204).end();
  else res.status(422).json({ problems: [{ text: ctx.t(PROBLEMS[problem]) }] });
}

async function forget({ deps, actor, ctx, req, res }: OpenCall): Promise<void> {
  const owner = { user: actor.user.id, site: ctx.site.id };
  await deps.pushing.forget(owner, field(formOf(req.body), 'endpoint'));
  res.status(204).end();
}

export const desktopRoutes: readonly RouteSpec[] = [
  { method: 'get', path: '/events/news', access: 'open', handle: news },
  { method: 'get', path: '/push/key', access: 'open', handle: sendKey },
  { method: 'post', path: '/push/subscribe', access: 'open', handle: subscribe },
  { method: 'post', path: '/push/forget', access: 'open', handle: forget },
];
