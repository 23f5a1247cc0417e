import { toAppError } from '../../base/errors';
import {
  changeLabel,
  createLabel,
  LABEL_COLOURS,
  LABEL_NAME_MAX,
  LABELS_MAX,
  type LabelProblem,
  readLabels,
  removeLabel,
} from '../../mail';
import { field, formOf } from '../body';
import { setFlash } from '../flash';
import { COLOUR_TEXTS, labelName, modelOf } from '../labels-model';
import { plainShell } from '../mail-page';
import type { LabelsModel } from '../pages/labels';
import { seeOther, sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';

const LABELS = '/labels';

const PROBLEMS: Readonly<Record<LabelProblem, string>> = {
  empty: 'labels.problem.empty',
  long: 'labels.problem.long',
  twice: 'labels.problem.twice',
  many: 'labels.problem.many',
  colour: 'labels.problem.colour',
};

interface Typed {
  readonly name: string;
  readonly colour: string;
}

/** A form that came back; `keyword` is `''` for a new one. */
interface Refused {
  readonly keyword: string;
  readonly typed: Typed;
  readonly text: string;
}

async function page(call: OpenCall, refused?: Refused): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const labels = await readLabels(deps.settings, actor.user.id);
  const isOf = (keyword: string): boolean => refused?.keyword === keyword;
  const model: LabelsModel = {
    rows: labels.map((label, at) => {
      const shown = modelOf(label, ctx.t);
      return {
        ...shown,
        id: `label-${at + 1}`,
        typed: refused && isOf(label.keyword) ? refused.typed : shown,
        error: isOf(label.keyword) ? refused?.text : undefined,
      };
    }),
    colours: LABEL_COLOURS.map((value) => ({ value, label: ctx.t(COLOUR_TEXTS[value]) })),
    nameMax: LABEL_NAME_MAX,
    isFull: labels.length >= LABELS_MAX,
    typed: refused && isOf('') ? refused.typed : { name: '', colour: 'blue' },
    error: isOf('') ? refused?.text : undefined,
  };
  await sendPage(deps, req, res, {
    view: 'labels',
    status: refused ? 422 : 200,
    model,
    shell: plainShell(call, { title: ctx.t('labels.title'), area: 'settings' }),
  });
}

/** Does what a form asks; what cannot be comes back with what was typed. */
async function attempt(
  call: OpenCall,
  about: { readonly keyword: string; readonly typed: Typed },
  run: () => Promise<{ readonly key: string; readonly name: string }>,
): Promise<void> {
  try {
    const { key, name } = await run();
    setFlash(call.deps, call.res, { level: 'ok', key, values: { name } });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code !== 'label/invalid') throw error;
    const { problem } = error.details;
    const key = PROBLEMS[problem as LabelProblem] ?? error.textKey; // written by our own store
    await page(call, { ...about, text: call.ctx.t(key) });
    return;
  }
  seeOther(call.res, LABELS);
}

const typedIn = (form: ReadonlyMap<string, readonly string[]>): Typed => ({
  name: field(form, 'name'),
  colour: field(form, 'colour'),
});

async function create(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const form = formOf(req.body);
  const typed = typedIn(form);
  await attempt(call, { keyword: '', typed }, async () => {
    const given = { ...typed, keyword: field(form, 'keyword') };
    const { name } = await createLabel(deps.settings, actor.user.id, given, deps.clock.now());
    return { key: 'labels.done.created', name };
  });
}

async function change(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const form = formOf(req.body);
  const [keyword, typed] = [field(form, 'keyword'), typedIn(form)];
  await attempt(call, { keyword, typed }, async () => {
    await changeLabel(deps.settings, actor.user.id, keyword, typed);
    return { key: 'labels.done.changed', name: typed.name };
  });
}

async function remove(call: OpenCall): Promise<void> {
  const { deps, actor, req, ctx } = call;
  const keyword = field(formOf(req.body), 'keyword');
  const labels = await readLabels(deps.settings, actor.user.id);
  const there = labels.find((one) => one.keyword === keyword);
  const name = there ? labelName(there, ctx.t) : keyword;
  await attempt(call, { keyword, typed: { name, colour: there?.colour ?? '' } }, async () => {
    await removeLabel(deps.settings, actor.user.id, keyword);
    return { key: 'labels.done.removed', name };
  });
}

/** Labels of the agent: `docs/urls.md`. */
export const labelRoutes: readonly RouteSpec[] = [
  { method: 'get', path: LABELS, access: 'open', handle: (call) => page(call) },
  { method: 'post', path: `${LABELS}/create`, access: 'open', handle: create },
  { method: 'post', path: `${LABELS}/change`, access: 'open', handle: change },
  { method: 'post', path: `${LABELS}/remove`, access: 'open', handle: remove },
];
