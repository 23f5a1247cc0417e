import { AppError } from '../base/errors';
import { assertNever } from '../base/types';
import { type ActionResult, type FlagName, readLabels, type Selection } from '../mail';
import { field } from './body';
import type { OpenCall } from './route';

const FLAGS: readonly FlagName[] = ['seen', 'flagged'];

/** Every action on messages, with the word for what was done: `mail.done.*`. */
export const DONE = {
  flag: 'flagged',
  label: 'labelled',
  move: 'moved',
  copy: 'copied',
  delete: 'deleted',
  archive: 'archived',
  junk: 'junked',
  notjunk: 'notJunked',
  empty: 'emptied',
} as const;
export type Verb = keyof typeof DONE;

export interface Deed {
  readonly verb: Verb;
  readonly selection: Selection;
  readonly form: ReadonlyMap<string, readonly string[]>;
}

/** Takes every label of the agent off; what other programs put there stays. */
async function unlabel({ deps, actor }: OpenCall, selection: Selection): Promise<ActionResult> {
  const labels = await readLabels(deps.settings, actor.user.id);
  const keywords = labels.map(({ keyword }) => keyword);
  return deps.mail.unlabel(actor, selection, keywords);
}

/** Does to messages of one mailbox what a form asks. Throws `request/invalid` for what it lacks. */
export function perform(call: OpenCall, { verb, selection, form }: Deed): Promise<ActionResult> {
  const { deps, actor, ctx } = call;
  const { mail } = deps;
  const to = field(form, 'to');
  switch (verb) {
    case 'flag': {
      const flag = FLAGS.find((name) => name === field(form, 'flag'));
      if (!flag) throw new AppError('request/invalid');
      return mail.flag(actor, selection, flag, field(form, 'on') !== '0');
    }
    case 'label':
      if (field(form, 'keyword') === '' && field(form, 'on') === '0')
        return unlabel(call, selection);
      return mail.label(actor, selection, field(form, 'keyword'), field(form, 'on') !== '0');
    case 'move':
      if (to === '') throw new AppError('request/invalid', { textKey: 'mail.chooseFolder' });
      return mail.move(actor, selection, to);
    case 'copy':
      if (to === '') throw new AppError('request/invalid', { textKey: 'mail.chooseFolder' });
      return mail.copy(actor, selection, to);
    case 'delete':
      return mail.remove(actor, selection, { forGood: field(form, 'forgood') === '1' });
    case 'archive':
      return mail.archive(actor, selection, ctx.core.reading.archive);
    case 'junk':
      return mail.junk(actor, selection, true);
    case 'notjunk':
      return mail.junk(actor, selection, false);
    case 'empty':
      return mail.empty(actor, selection.mailbox, selection.uidValidity);
    default:
      return assertNever(verb);
  }
}
