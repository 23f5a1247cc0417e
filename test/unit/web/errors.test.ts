import type { Request, Response } from 'express';
import { AppError } from '../../../src/base/errors';
import { silentLog } from '../../../src/base/log';
import { type RequestContext, setContext, type WebDeps } from '../../../src/web/context';
import { errorHandler } from '../../../src/web/errors';
import { aSite } from '../session/kit';

interface Sent {
  readonly layouts: string[];
  status: number;
  body: string;
}

/** Handles an error on a page of somebody signed in; `broken` names layouts that cannot be drawn. */
async function handle(
  broken: readonly string[],
  error = new AppError('imap/unreachable'),
): Promise<Sent> {
  const sent: Sent = { layouts: [], status: 0, body: '' };
  const res = {
    headersSent: false,
    locals: {},
    getHeader: () => '7K4Q-92MD-XT',
    setHeader: () => undefined,
    status(code: number) {
      sent.status = code;
      return res;
    },
    type: () => res,
    send(body: string) {
      sent.body = body;
    },
  };
  const req = {
    method: 'GET',
    path: '/nowhere',
    originalUrl: '/nowhere',
    headers: {},
    get: () => undefined,
  };
  const site = aSite();
  const user = { id: 1, name: 'Alice Martin', mail: 'alice@culture.example', groups: [] };
  const context = {
    id: '7K4Q-92MD-XT',
    site,
    locale: 'fr',
    t: (key: string) => key,
    actor: { user, scope: { site: site.id } },
    session: { session: { id: 's1', state: 'open' } },
    scope: { site: site.id },
    choosable: [],
    core: { display: { keys: 'estafette' } },
    budget: { leftMs: 0 },
    csrf: '',
  };
  setContext(req as unknown as Request, context as unknown as RequestContext);
  const deps = {
    log: silentLog(),
    signingKey: Buffer.alloc(32),
    texts: { has: () => false },
    skins: { chain: () => [] },
    host: () => ({ running: () => [] }),
    hooks: {
      filter: async (_scope: unknown, _name: string, value: unknown) => value,
      collect: async () => [],
    },
    renderer: {
      asset: () => undefined,
      page: async (_context: unknown, { layout }: { readonly layout: string }) => {
        sent.layouts.push(layout);
        if (broken.includes(layout)) throw new Error(`cannot draw ${layout}`);
        return `<p>${layout}</p>`;
      },
    },
    safety: {
      alerts: {
        list: async () => {
          throw new Error('the database is locked');
        },
      },
    },
    sessions: {
      freeze: async () => {
        throw new Error('the database is locked');
      },
    },
    config: { isSecure: false },
  };
  const handler = errorHandler(deps as unknown as WebDeps);
  await handler(error, req as unknown as Request, res as unknown as Response, () => undefined);
  return sent;
}

describe('the page of an error', () => {
  it('has the usual frame', async () => {
    expect(await handle([])).toEqual({
      layouts: ['layout'],
      status: 503,
      body: '<p>layout</p>',
    });
  });

  it('is bare when the frame cannot be drawn', async () => {
    expect(await handle(['layout'])).toEqual({
      layouts: ['layout', 'layout-bare'],
      status: 503,
      body: '<p>layout-bare</p>',
    });
  });

  it('is a sentence with its reference when nothing can be drawn', async () => {
    const { status, body } = await handle(['layout', 'layout-bare']);

    expect(status).toBe(503);
    expect(body).toContain('7K4Q-92MD-XT');
  });

  it('is that sentence too when the session could not be frozen', async () => {
    const { status, body } = await handle([], new AppError('imap/credentials'));

    expect(status).toBe(401);
    expect(body).toContain('7K4Q-92MD-XT');
    expect(body).not.toContain('locked');
  });
});
