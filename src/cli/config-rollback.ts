import { type Command, readArgs, UsageError } from './command';
import { CHANGE_OPTIONS, change } from './config-change';
import { operator, withEnabling } from './with-enabling';

export const configRollback: Command = {
  name: 'config:rollback',
  summary: 'takes back a change of a setting that is in force',
  usage: [
    'estafette config:rollback <id> [--dry-run] [--yes] [--json]',
    '',
    '<id>        number of the change, as config:history prints it',
    '--dry-run   only tells whom it would touch',
    '--yes       does not ask',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(args, CHANGE_OPTIONS, 1);
    const [text = ''] = positionals;
    if (!/^\d{1,9}$/.test(text))
      throw new UsageError('config:rollback needs the number of a change');
    const id = Number(text);
    return withEnabling(deps, async (door) => {
      const request = await door.enabling.rollbackRequest(id);
      return change({ io, door, options: values }, request, () =>
        door.enabling.rollback(id, operator()),
      );
    });
  },
};
