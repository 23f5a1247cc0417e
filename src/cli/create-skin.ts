import { existsSync } from 'node:fs';
import path from 'node:path';
import { BASE_SKIN, loadSkins, MAX_CHAIN } from '../view';
import { type Command, EXIT, print, readArgs, UsageError } from './command';
import { skinFiles } from './create-skin-files';
import { writeNew } from './write-new';

export const createSkin: Command = {
  name: 'create-skin',
  summary: 'writes a new skin, every token of the platform in it',
  usage: [
    'estafette create-skin <id> [--extends skin]',
    '',
    '--extends skin   skin whose views and colours it starts from (base)',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(args, { extends: { type: 'string' } }, 1);
    const [id] = positionals;
    if (id === undefined)
      throw new UsageError('create-skin needs an id, as in create-skin harbour');
    const parent = values.extends ?? BASE_SKIN;
    refuse(deps.root, id, parent);
    const dir = path.join('skins', id);
    const files = await writeNew(path.join(deps.root, dir), skinFiles(deps.root, { id, parent }));
    print(io, values, { id, dir, files, extends: parent }, () =>
      [
        `${dir}/`,
        ...files.map((name) => `  ${name}`),
        '',
        'Next:',
        `  Wear it:  config/sites/<site>.json, "skin": "${id}"`,
        '  Change:   assets/skin.css, then npm run build; docs/plugins/skins.md tells the rest',
        '  Check:    estafette sites:check names views and texts that take the place of none',
      ].join('\n'),
    );
    return EXIT.ok;
  },
};

function refuse(root: string, id: string, parent: string): void {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(id)) {
    throw new UsageError(
      `"${id}" is no id: lower-case letters, digits and dashes, a letter first, 40 at most`,
    );
  }
  if (existsSync(path.join(root, 'skins', id))) {
    throw new UsageError(`"${id}" is taken: the folder skins/${id} exists`);
  }
  // Their assets share one list of names.
  if (existsSync(path.join(root, 'plugins', id))) {
    throw new UsageError(`"${id}" is taken: the folder plugins/${id} exists`);
  }
  const skins = loadSkins(path.join(root, 'skins'));
  if (!skins.ids.includes(parent)) {
    throw new UsageError(`--extends: no skin "${parent}": ${skins.ids.join(', ')}`);
  }
  if (skins.chain(parent).length >= MAX_CHAIN) {
    throw new UsageError(`--extends: "${parent}" already stands on ${MAX_CHAIN - 1} others`);
  }
}
