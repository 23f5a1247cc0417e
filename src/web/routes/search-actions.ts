import { AppError, toAppError } from '../../base/errors';
import type { Selection } from '../../mail';
import { field, formOf } from '../body';
import { setFlash } from '../flash';
import { findMailbox, mailboxLabel } from '../folders';
import { localPath } from '../links';
import { DONE, perform, type Verb } from '../message-verbs';
import { seeOther } from '../reply';
import type { OpenCall, RouteSpec } from '../route';
import { selectionsOf } from '../search/picked';
import { SEARCH } from '../search/request';
import { type Made, readUndoAll, undoAllForm } from '../search/undo-all';

/** What is done in one mailbox alone has no place among results. */
const VERBS: readonly Exclude<Verb, 'empty' | 'notjunk'>[] = [
  'flag',
  'label',
  'move',
  'copy',
  'delete',
  'archive',
  'junk',
];

/** What was done, and the first thing that could not be. */
interface Outcome {
  readonly made: readonly Made[];
  readonly failed: number;
  readonly error: AppError | undefined;
}

/** One mailbox after the other: one that refuses leaves the others done. */
async function each<T extends { readonly selection: Selection }>(
  jobs: readonly T[],
  run: (job: T) => Promise<Made>,
): Promise<Outcome> {
  const made: Made[] = [];
  let failed = 0;
  let error: AppError | undefined;
  for (const job of jobs) {
    try {
      made.push(await run(job));
    } catch (thrown) {
      error ??= toAppError(thrown);
      failed += job.selection.uids.length;
    }
  }
  if (error && made.length === 0) throw error;
  return { made, failed, error };
}

const countOf = ({ made }: Outcome): number =>
  made.reduce((sum, { result }) => sum + result.count, 0);

/** Says what could not be done beside what was; true where there was such a thing. */
function tellFailed({ deps, ctx, res }: OpenCall, outcome: Outcome): boolean {
  const { failed, error } = outcome;
  if (!error) return false;
  setFlash(deps, res, {
    level: 'warn',
    key: 'find.partly',
    values: { count: failed, done: countOf(outcome), why: ctx.t(error.textKey) },
  });
  return true;
}

/** The mailbox of special use that an action takes messages to. */
const TARGETS = { delete: 'trash', archive: 'archive', junk: 'junk' } as const;

/**
 * Without those that are where they are to go: nothing that is in the Trash goes for good from among
 * results.
 */
async function movable(
  { deps, actor }: OpenCall,
  verb: (typeof VERBS)[number],
  { picked, to }: { readonly picked: readonly Selection[]; readonly to: string },
): Promise<readonly Selection[]> {
  if (verb === 'flag' || verb === 'label' || verb === 'copy') return picked;
  if (verb === 'move') return picked.filter(({ mailbox }) => mailbox !== to);
  const { mailboxes } = await deps.mail.account(actor);
  return picked.filter(
    ({ mailbox }) => findMailbox(mailboxes, mailbox)?.specialUse !== TARGETS[verb],
  );
}

function act(verb: (typeof VERBS)[number]) {
  return async (call: OpenCall): Promise<void> => {
    const { deps, actor, ctx, req, res } = call;
    const form = new Map([...formOf(req.query), ...formOf(req.body)]);
    const back = localPath(field(form, 'back'), SEARCH);
    const one = req.query['one'];
    const picked = selectionsOf(typeof one === 'string' ? [one] : (form.get('uid') ?? []));
    const all = await movable(call, verb, { picked, to: field(form, 'to') });
    if (all.length === 0) {
      const key = picked.length > 0 ? 'find.thereAlready' : 'mail.nothingSelected';
      setFlash(deps, res, { level: 'warn', key, values: {} });
      seeOther(res, back);
      return;
    }
    const outcome = await each(
      all.map((selection) => ({ selection })),
      async ({ selection }) => ({
        from: selection.mailbox,
        result: await perform(call, { verb, selection, form }),
      }),
    );
    const isTold = tellFailed(call, outcome);
    if (!isTold && verb !== 'flag' && verb !== 'label') {
      const account = await deps.mail.account(actor).catch(() => undefined);
      const target = outcome.made.find(({ result }) => result.moved)?.result.moved?.mailbox;
      const path = target ?? field(form, 'to');
      const mailbox = account && findMailbox(account.mailboxes, path);
      const undo = verb === 'copy' ? undefined : undoAllForm(call, outcome.made, back);
      setFlash(deps, res, {
        level: 'ok',
        key: `mail.done.${DONE[verb]}`,
        values: {
          count: countOf(outcome),
          folder: mailbox ? mailboxLabel(mailbox, ctx.t) : path,
        },
        ...(undo && { undo }),
      });
    }
    seeOther(res, back);
  };
}

async function undo(call: OpenCall): Promise<void> {
  const { deps, actor, req, res } = call;
  const form = formOf(req.body);
  const moves = readUndoAll(call, { moves: field(form, 'moves'), undo: field(form, 'undo') });
  if (!moves) throw new AppError('request/invalid');
  const outcome = await each(moves, async ({ selection, to }) => ({
    from: selection.mailbox,
    result: await deps.mail.move(actor, selection, to),
  }));
  if (!tellFailed(call, outcome)) {
    const values = { count: countOf(outcome), folder: '' };
    setFlash(deps, res, { level: 'ok', key: 'mail.done.undone', values });
  }
  seeOther(res, localPath(field(form, 'back'), SEARCH));
}

/** Actions on results, whatever their mailboxes: `docs/urls.md`. */
export const searchActionRoutes: readonly RouteSpec[] = [
  ...VERBS.map(
    (verb): RouteSpec => ({
      method: 'post',
      path: `${SEARCH}/actions/${verb}`,
      access: 'open',
      handle: act(verb),
    }),
  ),
  { method: 'post', path: `${SEARCH}/undo`, access: 'open', handle: undo },
];
