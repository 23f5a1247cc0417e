import { AppError, toAppError } from '../../base/errors';
import type { StoredTemplate, TemplateProblem } from '../../compose';
import { field, formOf } from '../body';
import { ensureDraft, fieldsOf, saveForm } from '../compose-form';
import { setFlash } from '../flash';
import { plainShell } from '../mail-page';
import type { TemplatesModel } from '../pages/own-texts';
import { seeOther, sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { backToDraft } from './compose';

const TEMPLATES = '/templates';
const START_CHARS = 120;

const PROBLEMS: Readonly<Record<TemplateProblem, readonly [string, string]>> = {
  many: ['name', 'templates.problem.many'],
  empty: ['name', 'templates.problem.empty'],
  long: ['name', 'templates.problem.long'],
  twice: ['name', 'templates.problem.twice'],
};
const EMPTY: StoredTemplate = { id: '', name: '', subject: '', text: '', html: '' };

async function page(
  call: OpenCall,
  shown: StoredTemplate | undefined,
  problem?: TemplateProblem,
): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const stored = await deps.compose.own.templates(actor);
  const model: TemplatesModel = {
    rows: stored.map(({ id, name, text }) => ({
      id,
      name,
      start: text.trim().replace(/\s+/g, ' ').slice(0, START_CHARS),
      editHref: `${TEMPLATES}?edit=${encodeURIComponent(id)}`,
      useHref: `/compose?template=${encodeURIComponent(`own:${id}`)}`,
    })),
    form: shown && {
      id: shown.id,
      name: shown.name,
      subject: shown.subject,
      fields: {
        format: shown.html !== '' || shown.id === '' ? 'html' : 'plain',
        text: shown.text,
        html: shown.html,
      },
      error: problem && { field: PROBLEMS[problem][0], text: ctx.t(PROBLEMS[problem][1]) },
    },
  };
  await sendPage(deps, req, res, {
    view: 'templates',
    status: problem ? 422 : 200,
    model,
    shell: plainShell(call, { title: ctx.t('templates.title'), area: 'own-texts' }),
  });
}

async function show(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const asked = req.query['edit'];
  if (typeof asked === 'string') {
    const found = (await deps.compose.own.templates(actor)).find(({ id }) => id === asked);
    if (!found) throw new AppError('request/not-found');
    return page(call, found);
  }
  return page(call, req.query['new'] === '1' ? EMPTY : undefined);
}

/** What is wrong with a template; anything else is thrown again. */
function problemOf(thrown: unknown): TemplateProblem {
  const error = toAppError(thrown);
  if (error.code !== 'template/invalid') throw error;
  return error.details['problem'] as TemplateProblem; // our own word
}

async function save(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const form = formOf(req.body);
  const isRich = field(form, 'format') === 'html';
  const typed: StoredTemplate = {
    id: field(form, 'id'),
    name: field(form, 'name'),
    subject: field(form, 'subject'),
    text: field(form, 'text').replaceAll('\r\n', '\n'),
    html: isRich ? field(form, 'html') : '',
  };
  const { id, ...given } = typed;
  const before = (await deps.compose.own.templates(actor)).find((one) => one.id === id);
  // Without scripts it is shown as text: left as it is, it keeps its formatting.
  const isUntouched = before?.html && before.text.trimEnd() === given.text.trimEnd();
  const fields = isUntouched && given.html === '' ? { ...given, html: before.html } : given;
  try {
    await deps.compose.own.keepTemplate(actor, fields, id === '' ? undefined : id);
  } catch (thrown) {
    return page(call, typed, problemOf(thrown));
  }
  setFlash(deps, res, { level: 'ok', key: 'templates.saved', values: { name: given.name } });
  seeOther(res, TEMPLATES);
}

async function remove(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  await deps.compose.own.removeTemplate(actor, field(formOf(req.body), 'id'));
  setFlash(deps, res, { level: 'ok', key: 'templates.removed', values: {} });
  seeOther(res, TEMPLATES);
}

/** The message being written becomes a template, and stays as it is. */
async function keep(call: OpenCall): Promise<void> {
  const { deps, actor, req, res, ctx } = call;
  const form = formOf(req.body);
  const { draft } = await ensureDraft(call, form);
  const saved = await saveForm(call, form, draft, { toServer: false });
  const { subject, format, text, html } = fieldsOf(form, draft);
  const name = field(form, 'templateName').trim() || subject;
  // Images are the message's, not the template's.
  const words = html.replace(/<img\b[^>]*>/gi, '');
  try {
    await deps.compose.own.keepTemplate(actor, {
      name,
      subject,
      text: format === 'plain' ? text : '',
      html: format === 'html' ? words : '',
    });
    setFlash(deps, res, { level: 'ok', key: 'templates.saved', values: { name } });
  } catch (thrown) {
    const [, key] = PROBLEMS[problemOf(thrown)];
    setFlash(deps, res, { level: 'warn', key: 'templates.notKept', values: { why: ctx.t(key) } });
  }
  await backToDraft(call, saved);
}

export const templateRoutes: readonly RouteSpec[] = [
  { method: 'get', path: TEMPLATES, access: 'open', handle: show },
  { method: 'post', path: `${TEMPLATES}/save`, access: 'open', handle: save },
  { method: 'post', path: `${TEMPLATES}/remove`, access: 'open', handle: remove },
  { method: 'post', path: '/compose/:draft/keep-template', access: 'open', handle: keep },
];
