import { toAppError } from '../../base/errors';
import {
  addSearch,
  changeSearch,
  moveSearch,
  readSearches,
  removeSearch,
  type SavedSearchProblem,
  SEARCH_NAME_MAX,
  SEARCHES_MAX,
} from '../../mail';
import { field, formOf } from '../body';
import { setFlash } from '../flash';
import { mailFrame, mailShell } from '../mail-page';
import type { SearchesModel, SearchTyped } from '../pages/searches';
import { seeOther, sendPage } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { problemText } from '../search/page';
import { requestOf, searchHref } from '../search/request';

const SEARCHES = '/searches';

const PROBLEMS: Readonly<Record<SavedSearchProblem, string>> = {
  empty: 'searches.problem.empty',
  long: 'searches.problem.long',
  twice: 'searches.problem.twice',
  many: 'searches.problem.many',
  words: 'searches.problem.words',
};

/** A form that came back; `id` is `''` for a new one. */
interface Refused {
  readonly id: string;
  readonly typed: SearchTyped;
  readonly text: string;
}

const NOTHING: SearchTyped = { name: '', text: '', isCounted: false };

async function page(call: OpenCall, refused?: Refused): Promise<void> {
  const { deps, actor, ctx, req, res } = call;
  const frame = await mailFrame(call, undefined);
  const searches = await readSearches(deps.settings, actor.user.id);
  const model: SearchesModel = {
    rows: searches.map((search, at) => ({
      id: search.id,
      key: `saved-${at + 1}`,
      name: search.name,
      href: searchHref({ text: search.text, by: 'date', box: '' }),
      typed: refused?.id === search.id ? refused.typed : search,
      error: refused?.id === search.id ? refused.text : undefined,
      isFirst: at === 0,
      isLast: at === searches.length - 1,
    })),
    typed: refused?.id === '' ? refused.typed : NOTHING,
    error: refused?.id === '' ? refused.text : undefined,
    isFull: searches.length >= SEARCHES_MAX,
    nameMax: SEARCH_NAME_MAX,
  };
  await sendPage(deps, req, res, {
    view: 'searches',
    status: refused ? 422 : 200,
    model,
    shell: mailShell(frame, { title: ctx.t('searches.title'), query: undefined }),
  });
}

const typedIn = (form: ReadonlyMap<string, readonly string[]>): SearchTyped => ({
  name: field(form, 'name'),
  text: field(form, 'q').trim(),
  isCounted: field(form, 'counted') === '1',
});

/** Does what a form asks; what cannot be comes back with what was typed. */
async function attempt(
  call: OpenCall,
  about: { readonly id: string; readonly typed: SearchTyped },
  run: () => Promise<{ readonly key: string; readonly to: string }>,
): Promise<void> {
  const { deps, ctx, res } = call;
  // Words that cannot be searched are told now, not each time that they are searched.
  const [problem] = requestOf(call, about.typed.text).parsed.problems;
  if (problem) {
    await page(call, { ...about, text: problemText(call, problem) ?? '' });
    return;
  }
  try {
    const { key, to } = await run();
    setFlash(deps, res, {
      level: 'ok',
      key,
      values: { name: about.typed.name.replace(/\s+/g, ' ').trim() },
    });
    seeOther(res, to);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code !== 'search/invalid') throw error;
    const reason = error.details['problem'];
    const text = ctx.t(PROBLEMS[reason as SavedSearchProblem] ?? error.textKey); // our own store's
    await page(call, { ...about, text });
  }
}

async function save(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const typed = typedIn(formOf(req.body));
  await attempt(call, { id: '', typed }, async () => {
    const { text } = await addSearch(deps.settings, actor.user.id, typed);
    return { key: 'searches.done.saved', to: searchHref({ text, by: 'date', box: '' }) };
  });
}

async function change(call: OpenCall): Promise<void> {
  const { deps, actor, req } = call;
  const form = formOf(req.body);
  const [id, typed] = [field(form, 'id'), typedIn(form)];
  await attempt(call, { id, typed }, async () => {
    await changeSearch(deps.settings, actor.user.id, id, typed);
    return { key: 'searches.done.changed', to: SEARCHES };
  });
}

async function remove({ deps, actor, req, res }: OpenCall): Promise<void> {
  const name = await removeSearch(deps.settings, actor.user.id, field(formOf(req.body), 'id'));
  setFlash(deps, res, { level: 'ok', key: 'searches.done.removed', values: { name } });
  seeOther(res, SEARCHES);
}

async function place({ deps, actor, req, res }: OpenCall): Promise<void> {
  const form = formOf(req.body);
  const step = field(form, 'op') === 'up' ? -1 : 1;
  await moveSearch(deps.settings, actor.user.id, field(form, 'id'), step);
  seeOther(res, SEARCHES);
}

/** Saved searches: `docs/urls.md`. */
export const savedSearchRoutes: readonly RouteSpec[] = [
  { method: 'get', path: SEARCHES, access: 'open', handle: (call) => page(call) },
  { method: 'post', path: `${SEARCHES}/save`, access: 'open', handle: save },
  { method: 'post', path: `${SEARCHES}/change`, access: 'open', handle: change },
  { method: 'post', path: `${SEARCHES}/remove`, access: 'open', handle: remove },
  { method: 'post', path: `${SEARCHES}/place`, access: 'open', handle: place },
];
