import { toAppError } from '../../base/errors';
import {
  type Criteria,
  type Label,
  needsAttachment,
  type Problem,
  type ProblemReason,
  plainWord,
  type Query,
  readFields,
  termsOf,
  withLabels,
} from '../../mail';
import { moveTargets } from '../folders';
import { labelName, modelOf } from '../labels-model';
import type { MailFrame } from '../mail-page';
import { ownLabels } from '../own-labels';
import type { PickedActions, SearchFormModel } from '../pages/search';
import { peopleFacts } from '../people-facts';
import type { OpenCall } from '../route';
import { Gathered } from './gather';
import { type Places, searchPlaces } from './places';
import { requestOf, type SearchRequest, searchHref, searchRequest } from './request';
import { pageRows, resultsModel, withoutPlaces } from './results';

/** Text of each reason, whole so that texts that nothing uses are found. */
const PROBLEMS: Readonly<Record<ProblemReason, string>> = {
  empty: 'find.problem.empty',
  date: 'find.problem.date',
  size: 'find.problem.size',
  is: 'find.problem.is',
  has: 'find.problem.has',
  inside: 'find.problem.inside',
  open: 'find.problem.open',
  alone: 'find.problem.alone',
  deep: 'find.problem.deep',
  many: 'find.problem.many',
  long: 'find.problem.long',
  label: 'find.problem.label',
  place: 'find.problem.place',
};

/** A search that can be made, or why it cannot. */
export interface Prepared {
  readonly request: SearchRequest;
  readonly query: Query | undefined;
  readonly places: Places;
  readonly labels: readonly Label[];
  readonly problem: Problem | undefined;
  /** Something was asked: words, or a mailbox. */
  readonly isAsked: boolean;
}

/** Reads what is asked, with the agent's own labels and mailboxes. */
export async function prepare(call: OpenCall, frame: MailFrame): Promise<Prepared> {
  return prepareRequest(call, frame, searchRequest(call));
}

/** The same of words that are kept. */
export const prepareText = (
  call: OpenCall,
  frame: Pick<MailFrame, 'account'>,
  text: string,
): Promise<Prepared> => prepareRequest(call, frame, requestOf(call, text));

async function prepareRequest(
  call: OpenCall,
  frame: Pick<MailFrame, 'account'>,
  request: SearchRequest,
): Promise<Prepared> {
  const { ctx } = call;
  const { parsed, box } = request;
  const labels = await ownLabels(call);
  const keywords = new Map(
    labels.flatMap((label) => [
      [plainWord(label.keyword), label.keyword] as const,
      [plainWord(labelName(label, ctx.t)), label.keyword] as const,
    ]),
  );
  const query = parsed.query && withLabels(parsed.query, (name) => keywords.get(name));
  const places = searchPlaces(frame.account.mailboxes, parsed, { box, t: ctx.t });
  return {
    request,
    query,
    places,
    labels,
    problem: parsed.problems[0] ?? unknownLabel(query) ?? places.problem,
    isAsked: query !== undefined || parsed.places.length > 0,
  };
}

function unknownLabel(query: Query | undefined): Problem | undefined {
  for (const { term } of termsOf(query)) {
    if (term.kind === 'label' && term.keyword === undefined)
      return { word: `label:${term.name}`, reason: 'label' };
  }
  return undefined;
}

export const problemText = ({ ctx }: OpenCall, problem: Problem | undefined): string | undefined =>
  problem && ctx.t(PROBLEMS[problem.reason], { word: problem.word });

/** Starts the search; what is found goes into the result until `signal` is aborted. */
export function start(call: OpenCall, prepared: Prepared, signal: AbortSignal): Gathered {
  const { deps, actor, ctx } = call;
  const { request, query, places } = prepared;
  const gathered = new Gathered(places.paths);
  const criteria: Criteria = {
    ...(query && { query }),
    ...(needsAttachment(query) && { hasAttachment: true }),
  };
  const limit = request.by === 'date' ? request.page * actor.site.limits.pageSize : 10;
  const wanted = { criteria, mailboxes: places.paths, limit };
  const listener = {
    signal,
    onMailbox: (one: Parameters<Gathered['add']>[0]) => gathered.add(one),
  };
  deps.mail.search(actor, wanted, listener).then(
    () => gathered.finish(),
    (error: unknown) => {
      deps.log.warn({ err: toAppError(error), requestId: ctx.id }, 'search/failed');
      for (const mailbox of places.paths) gathered.add({ mailbox, error: toAppError(error) });
      gathered.finish();
    },
  );
  return gathered;
}

/** What has been found so far, as the page shows it. */
export async function shownResults(
  call: OpenCall,
  frame: MailFrame,
  prepared: Prepared,
  gathered: Gathered,
) {
  const { deps, actor, ctx } = call;
  const { pageSize } = actor.site.limits;
  const { request, query, places, labels } = prepared;
  const shown = pageRows({ gathered, request, pageSize });
  const facts = await peopleFacts(deps, {
    actor,
    pictured: shown
      .flatMap(({ row }) => [...row.from.slice(0, 1), ...row.to.slice(0, 1)])
      .map(({ mail }) => mail),
    named: [],
  });
  return resultsModel({
    actor,
    account: frame.account,
    request,
    query,
    places,
    gathered,
    labels,
    pageSize,
    facts,
    t: ctx.t,
  });
}

/** The form as the search fills it. */
export function formModel(
  { ctx }: OpenCall,
  frame: MailFrame,
  { request, labels, problem, isAsked }: Prepared,
): SearchFormModel {
  const fields = readFields(request.parsed);
  return {
    // What cannot be read stands where it can be corrected.
    fields: request.parsed.problems.length > 0 ? { ...fields, words: request.text } : fields,
    box: request.box,
    isOpen: request.isFormOpen || problem !== undefined || !isAsked,
    labels: labels.map((label) => {
      const name = labelName(label, ctx.t);
      return { value: name, label: name };
    }),
    places: moveTargets(frame.account, '', ctx.t).map(({ path, label, depth }) => ({
      value: path,
      label: `${'\u00a0\u00a0'.repeat(depth)}${label}`,
    })),
  };
}

/** What can be done with results that are ticked; the page comes back as it was. */
export const pickedActions = (
  { ctx }: OpenCall,
  frame: MailFrame,
  { request, labels }: Prepared,
): PickedActions => ({
  back: searchHref(request, { page: request.page > 1 ? request.page : undefined }),
  labels: labels.map((label) => modelOf(label, ctx.t)),
  moveTargets: moveTargets(frame.account, '', ctx.t),
});

/** Everywhere, or the mailbox from which the search was made. */
export function scopeLinks(
  { ctx }: OpenCall,
  frame: MailFrame,
  { request }: Prepared,
): readonly { readonly label: string; readonly href: string; readonly isCurrent: boolean }[] {
  const { box, parsed } = request;
  const target = moveTargets(frame.account, '', ctx.t).find(({ path }) => path === box);
  if (!target) return [];
  const words = withoutPlaces(request);
  const isHere = parsed.places.length === 1 && plainWord(parsed.places[0] ?? '') === plainWord(box);
  const narrowed = `${words} in:"${box}"`.trim();
  return [
    {
      label: ctx.t('find.everywhere'),
      href: searchHref({ ...request, text: words }),
      isCurrent: parsed.places.length === 0,
    },
    {
      label: ctx.t('find.inMailbox', { mailbox: target.label }),
      href: searchHref({ ...request, text: narrowed }),
      isCurrent: isHere,
    },
  ];
}
