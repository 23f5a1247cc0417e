import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { AppError, toAppError } from '../../base/errors';
import type { DavElement, DavRequest, DavResponse } from '../../host/dav-types';
import type { RunningPlugin } from '../../host/host';
import { isOthersError } from '../../kernel/blame';
import { deepFreeze } from '../../kernel/freeze';
import { plainCopy } from '../../kernel/plain-copy';
import { BYTES_CSP } from '../../view';
import { requestIdOf, type WebDeps } from '../context';
import { davBody } from './body';
import { answerPlace, principalOf } from './places';
import { createTurns, type Turns } from './turns';
import { type Visitor, visitorOf } from './visitor';
import { parseDavXml } from './xml';

const METHODS =
  'OPTIONS, PROPFIND, PROPPATCH, REPORT, GET, HEAD, PUT, DELETE, COPY, MOVE, MKCOL, MKCALENDAR';
const KNOWN: ReadonlySet<string> = new Set(METHODS.split(', '));
const MAKING: ReadonlySet<string> = new Set(['MKCOL', 'MKCALENDAR']);
const MOVING: ReadonlySet<string> = new Set(['COPY', 'MOVE']);
const WITH_XML: ReadonlySet<string> = new Set(['PROPFIND', 'PROPPATCH', 'REPORT', ...MAKING]);
const HEADERS = [
  'content-type',
  'if-match',
  'if-none-match',
  'if-schedule-tag-match',
  'prefer',
  'accept',
  'overwrite',
  'schedule-reply',
];
/** A first synchronisation reads a whole book. */
const TIMEOUT_MS = 30_000;
const MAX_SEGMENTS = 20;
const REALM = 'Basic realm="Estafette", charset="UTF-8"';

/**
 * WebDAV for programs, below `/dav/`: who asks says so with each request, by an application password.
 * Nothing of a browser counts there, so that no page can make one ask (threats X3, X19).
 */
export function mountDav(app: Express, deps: WebDeps): void {
  for (const kind of ['carddav', 'caldav'] as const) {
    app.use(`/.well-known/${kind}`, (req, res, next) => {
      const isServed = deps
        .host()
        .all()
        .some(({ definition }) => definition.contributes?.dav?.wellKnown === kind);
      if (req.path !== '/' || !isServed) return next();
      res.locals['route'] = `/.well-known/${kind}`;
      // RFC 6764 6: before anybody is asked who they are.
      res.redirect(301, '/dav/');
    });
  }
  const turns = createTurns(TIMEOUT_MS);
  app.use('/dav', async (req, res) => {
    res.locals['route'] = '/dav';
    try {
      await answer(deps, turns, req, res);
    } catch (thrown) {
      sendFailure(deps, req, res, toAppError(thrown));
    }
  });
}

async function answer(deps: WebDeps, turns: Turns, req: Request, res: Response): Promise<void> {
  // Only where others are asked by it (RFC 6638 5.1).
  const isAsking = req.method === 'POST';
  if (!KNOWN.has(req.method) && !isAsking) throw refused(res);
  // A browser that was once told the password would send it along with any page's request.
  const from = req.get('Sec-Fetch-Site') ?? 'none';
  if (from !== 'none' && from !== 'same-origin') throw new AppError('request/csrf');
  const visitor = await visitorOf(deps, req, res);
  res.locals['route'] = '/dav';
  const path = segmentsOf(req);
  const plugin = visitor.plugins.find(({ id }) => id === path[0]);
  if (isAsking && !plugin?.definition.contributes?.dav?.schedule) throw refused(res);
  if (req.method === 'OPTIONS') {
    res.setHeader('DAV', classesOf(visitor));
    res.setHeader('Allow', METHODS);
    res.status(200).end();
    return;
  }
  const depth = depthOf(req);
  const body = await davBody(req, res, deps.clock);
  const xml = WITH_XML.has(req.method) ? xmlOf(req, body) : undefined;
  if (xml !== 'unknown') refuseMany(xml);
  // RFC 4918 9.3
  if (xml === 'unknown') return send(res, visitor, { status: 415 });
  const { method } = req;
  const found = plugin
    ? await ask(deps, turns, plugin, visitor, res, {
        method,
        path: path.slice(1),
        isCollection: req.path.endsWith('/'),
        headers: headersOf(req),
        ...(MOVING.has(method) && destinationOf(req, visitor.origin)),
        depth,
        body,
        xml,
        site: visitor.site.id,
        locale: visitor.actor.locale,
        user: {
          id: visitor.actor.user.id,
          name: visitor.actor.user.name,
          mail: visitor.actor.user.mail,
        },
        origin: visitor.origin,
        principal: principalOf(visitor),
      })
    : await answerPlace(visitor, (actor, text) => deps.compose.suggest(actor, text, 'share'), {
        method,
        path,
        depth,
        xml,
      });
  if (!found) throw new AppError('request/not-found');
  send(res, visitor, found);
}

function refused(res: Response): AppError {
  res.setHeader('Allow', METHODS);
  return new AppError('request/method');
}

/** Compliance classes (RFC 4918 18): properties, extended MKCOL, and what the plugins serve. */
function classesOf({ plugins }: Visitor): string {
  const kinds = plugins.map(({ definition }) => definition.contributes?.dav?.wellKnown);
  return [
    '1, 3, extended-mkcol',
    ...(kinds.includes('carddav') ? ['addressbook'] : []),
    ...(kinds.includes('caldav') ? ['calendar-access'] : []),
    ...(plugins.some(({ definition }) => definition.contributes?.dav?.schedule)
      ? ['calendar-auto-schedule']
      : []),
  ].join(', ');
}

/** Segments below `/dav/`; throws `request/invalid` for what no resource is called. */
function segmentsOf(req: Request): readonly string[] {
  return segmentsIn(req.path);
}

function segmentsIn(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.length > MAX_SEGMENTS) throw new AppError('request/not-found');
  return parts.map((part) => {
    try {
      const name = decodeURIComponent(part);
      if (name === '.' || name === '..' || /\p{Cc}/u.test(name)) throw new URIError(part);
      return name;
    } catch (cause) {
      throw new AppError('request/invalid', { cause });
    }
  });
}

/** Where a COPY or MOVE leads; throws `request/invalid` for what is not here (RFC 4918 9.8.5). */
function destinationOf(req: Request, origin: string): Pick<DavRequest, 'destination'> {
  const given = req.get('Destination');
  if (given === undefined) return {};
  if (!URL.canParse(given, origin)) throw new AppError('request/invalid');
  const url = new URL(given, origin);
  const [first, plugin, ...path] = segmentsIn(url.pathname);
  // Behind a proxy the origin may be told otherwise: the host counts.
  if (url.host !== new URL(origin).host || first !== 'dav' || plugin === undefined) {
    throw new AppError('request/invalid', { details: { problem: 'destination: elsewhere' } });
  }
  return { destination: { plugin, path, isCollection: url.pathname.endsWith('/') } };
}

function depthOf(req: Request): 0 | 1 | 'infinity' {
  const depth = (req.get('Depth') ?? 'infinity').toLowerCase();
  if (depth === 'infinity') return depth;
  if (depth === '0' || depth === '1') return depth === '0' ? 0 : 1;
  throw new AppError('request/invalid');
}

/** The body that is XML, whatever type it has; `unknown` where a collection is made of something else. */
function xmlOf(req: Request, body: string): DavElement | 'unknown' | undefined {
  try {
    return parseDavXml(body);
  } catch (error) {
    const isNamed = /xml/i.test(req.get('Content-Type') ?? 'xml');
    if (MAKING.has(req.method) && !isNamed) return 'unknown';
    throw error;
  }
}

/** Each name is answered for each resource; programs know some sixty. */
const MAX_NAMES = 200;

function refuseMany(xml: DavElement | undefined): void {
  const lists = xml?.children.filter(({ ns, name }) => ns === 'DAV:' && name === 'prop') ?? [];
  if (lists.some(({ children }) => children.length > MAX_NAMES)) {
    throw new AppError('request/invalid', { details: { problem: 'xml: too many properties' } });
  }
}

const headersOf = (req: Request): Record<string, string> =>
  Object.fromEntries(
    HEADERS.flatMap((name) => {
      const value = req.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );

const PLAIN = /^[\x20-\x7e]{0,500}$/;
const shape = z.strictObject({
  status: z
    .int()
    .min(200)
    .max(507)
    .refine((code) => code < 300 || code >= 400),
  headers: z
    .partialRecord(
      z.enum([
        'etag',
        'allow',
        'location',
        'last-modified',
        'preference-applied',
        'dav',
        'schedule-tag',
      ]),
      z.string().regex(PLAIN),
    )
    .optional(),
  body: z.string().optional(),
  type: z.string().regex(PLAIN).optional(),
});

/** Asks a plugin, whose failure is its own and nobody else's. */
async function ask(
  deps: WebDeps,
  turns: Turns,
  plugin: RunningPlugin,
  { actor, site }: Visitor,
  res: Response,
  asked: Omit<DavRequest, 'as'>,
): Promise<DavResponse> {
  const { as } = actor.scope;
  const { dav } = plugin;
  if (!as || !dav) throw new AppError('request/not-found');
  const at = {
    plugin: plugin.id,
    hook: 'dav',
    timeoutMs: TIMEOUT_MS,
    site: site.id,
    requestId: requestIdOf(res),
  };
  // Who waits for their turn has not failed: it is not counted against the plugin.
  const outcome = await turns.take(asked, async () =>
    deps.hooks.isolator.isolated(at, async () => {
      const found = await dav(deepFreeze({ ...asked, as }), plugin.context);
      return shape.parse(plainCopy<unknown>(found)) as DavResponse; // by the shape
    }),
  );
  if (outcome.ok) return outcome.value;
  if (isOthersError(outcome.error)) throw outcome.error;
  throw new AppError('request/budget', { cause: outcome.error, textKey: 'error.pluginFailed' });
}

function send(res: Response, visitor: Visitor, { status, headers, body, type }: DavResponse): void {
  res.setHeader('DAV', classesOf(visitor));
  res.setHeader('Content-Security-Policy', BYTES_CSP);
  for (const [name, value] of Object.entries(headers ?? {})) res.setHeader(name, value);
  if (body === undefined) {
    res.status(status).end();
    return;
  }
  const bytes = Buffer.from(body, 'utf8');
  res.setHeader('Content-Type', type ?? 'application/xml; charset=utf-8');
  res.setHeader('Content-Disposition', 'attachment');
  res.setHeader('Content-Length', bytes.length);
  // Node leaves the body of a HEAD out.
  res.status(status).end(bytes);
}

/** A program shows nobody a page: the status, the code and the reference are what it can use. */
function sendFailure(deps: WebDeps, req: Request, res: Response, error: AppError): void {
  const requestId = requestIdOf(res);
  deps.log[error.level](
    {
      code: error.code,
      status: error.status,
      requestId,
      route: '/dav',
      ...error.details,
      ...(error.level !== 'info' && { err: error }),
    },
    'request/failed',
  );
  if (res.headersSent) {
    res.destroy();
    return;
  }
  if (error.retryAfterS !== undefined) res.setHeader('Retry-After', String(error.retryAfterS));
  if (error.status === 401) res.setHeader('WWW-Authenticate', REALM);
  if (!req.complete) res.setHeader('Connection', 'close');
  res.status(error.status).type('text/plain').send(`${error.code} ${requestId}\n`);
}
