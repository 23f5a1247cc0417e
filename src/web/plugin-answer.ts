import type { Request, Response } from 'express';
import { AppError } from '../base/errors';
import type { RunningPlugin } from '../host/host';
import { isPluginResponse } from '../host/response';
import type { PluginResponse } from '../host/route-types';
import { plainCopy } from '../kernel/plain-copy';
import { isLocalPath } from '../session';
import { contextOf, type WebDeps } from './context';
import { type ReadyFile, readyFile, sendFile } from './plugin-file';
import { renderPage, seeOther } from './reply';
import { formToken } from './sign-in-form';

/** An answer as it goes out: nothing of the plugin's runs any more. */
type ReadyAnswer =
  | { readonly redirect: string }
  | {
      readonly body: string;
      readonly type: 'json' | 'html';
      readonly status: number;
      readonly retryAfterS?: number | undefined;
    }
  | { readonly file: ReadyFile }
  | { readonly status: 204 | 403 | 404 };

/**
 * Makes of what a route answered what is sent. A wrong answer, a value that JSON does not know, a
 * view that throws are failures of the plugin: called where they are charged to it.
 */
export async function readAnswer(
  deps: WebDeps,
  plugin: RunningPlugin,
  answered: unknown,
  req: Request,
  res: Response,
): Promise<ReadyAnswer> {
  const reply = plainCopy(answered);
  if (!isPluginResponse(reply)) throw new Error('expected one of the five kinds of response');
  if ('redirect' in reply) {
    if (!isLocalPath(reply.redirect)) throw new Error('redirect: no path of this site');
    return reply;
  }
  if ('json' in reply) {
    const body = JSON.stringify(reply.json) ?? 'null';
    return { body, type: 'json', status: reply.status ?? 200, retryAfterS: reply.retryAfterS };
  }
  if ('file' in reply) return { file: readyFile(reply.file) };
  if (!('view' in reply)) return reply;
  const body = await renderOwn(deps, plugin, reply, req, res);
  return { body, type: 'html', status: reply.status ?? 200, retryAfterS: reply.retryAfterS };
}

function renderOwn(
  deps: WebDeps,
  plugin: RunningPlugin,
  { view, model, title }: Extract<PluginResponse, { view: string }>,
  req: Request,
  res: Response,
): Promise<string> {
  const { csp } = plugin.definition;
  return renderPage(deps, req, res, {
    view: `${plugin.id}/${view}`,
    layout: contextOf(req).actor ? 'layout' : 'layout-bare',
    model,
    // Another plugin's secrets, a recovery code for instance, are none of the others' business.
    sealed: true,
    ...(hasPublicForm(plugin, req) && { csrf: formToken(deps, req, res) }),
    shell: { title, area: plugin.id },
    ...(csp && { csp }),
  });
}

/** Whether a page may have a form of somebody without a session: pages that only tell set no cookie. */
const hasPublicForm = ({ routes }: RunningPlugin, req: Request): boolean =>
  !contextOf(req).session &&
  routes.some(({ method, options }) => method === 'post' && options.public === true);

/** Sends what is ready; 403 and 404 have the pages that they have everywhere. */
export function sendAnswer(res: Response, answer: ReadyAnswer): void {
  if ('redirect' in answer) seeOther(res, answer.redirect);
  else if ('file' in answer) sendFile(res, answer.file);
  else if ('body' in answer) {
    const { body, type, status, retryAfterS } = answer;
    if (retryAfterS !== undefined) res.setHeader('Retry-After', String(retryAfterS));
    res.status(status).type(type).send(body);
  } else if (answer.status === 204) res.status(204).end();
  else throw new AppError(answer.status === 403 ? 'request/forbidden' : 'request/not-found');
}
