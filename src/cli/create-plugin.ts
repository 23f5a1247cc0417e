import { existsSync } from 'node:fs';
import path from 'node:path';
import { pluginIdProblem } from '../host/manifest';
import { PACKAGES_DIR } from '../host/package-integrity';
import { type Command, EXIT, print, readArgs, UsageError } from './command';
import { askAbout } from './create-plugin-ask';
import { type Checked, checkPlugin } from './create-plugin-check';
import { type NewPlugin, pluginFiles } from './create-plugin-files';
import { PARTS } from './create-plugin-template';
import { writeNew } from './write-new';

export const createPlugin: Command = {
  name: 'create-plugin',
  summary: 'writes a new plugin that works, from a few answers',
  usage: [
    'estafette create-plugin <id> [--title-fr text] [--title-en text] [--with parts] [--yes]',
    '',
    '--title-fr, --title-en   what agents read; asked otherwise',
    `--with parts             any of ${PARTS.join(',')}; "none" for none; asked otherwise`,
    '--yes                    asks nothing: the title is made of the id, without parts',
    '--no-test                leaves out the contract test',
    '',
    'Answers may be piped, one a line: title in French, in English, then y or n for each part.',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(
      args,
      {
        'title-fr': { type: 'string' },
        'title-en': { type: 'string' },
        with: { type: 'string' },
        yes: { type: 'boolean' },
        'no-test': { type: 'boolean' },
      },
      1,
    );
    const [id] = positionals;
    if (id === undefined)
      throw new UsageError('create-plugin needs an id, as in create-plugin notes');
    refuseTaken(deps.root, id);
    const plugin = await askAbout(io, id, {
      titleFr: values['title-fr'],
      titleEn: values['title-en'],
      with: values.with,
      yes: values.yes,
    });
    const dir = path.join('plugins', id);
    const files = await writeNew(path.join(deps.root, dir), pluginFiles(deps.root, plugin));
    const checked = values['no-test'] ? undefined : await checkPlugin(deps.root, id);
    print(io, values, { id, dir, files, contract: checked ?? 'not run' }, () =>
      describe(plugin, files, checked),
    );
    return checked === 'failed' ? EXIT.failure : EXIT.ok;
  },
};

function refuseTaken(root: string, id: string): void {
  const problem = pluginIdProblem(id);
  if (problem !== undefined) throw new UsageError(problem);
  if (existsSync(path.join(root, 'plugins', id))) {
    throw new UsageError(`"${id}" is taken: the folder plugins/${id} exists`);
  }
  const packaged = [PACKAGES_DIR, '.'].find((area) =>
    existsSync(path.join(root, area, 'node_modules', `estafette-plugin-${id}`)),
  );
  if (packaged !== undefined) {
    throw new UsageError(`"${id}" is taken: the package estafette-plugin-${id} is installed`);
  }
}

const TOLD: Readonly<Record<Checked, string>> = {
  passed: 'Contract test: passed.',
  failed: 'Contract test: FAILED, see above.',
  'no tools': 'Contract test: not run, the tools of development are not installed (npm install).',
};

function describe(
  { id, parts }: NewPlugin,
  files: readonly string[],
  checked: Checked | undefined,
): string {
  const steps = [
    `See it:   npm run demo -- --plugin ${id}`,
    ...(parts.has('table') ? [`Grant it: config/plugins.json, "grants": { "${id}": ["db"] }`] : []),
    `Turn on:  config/sites/<site>.json, "plugins": { "${id}": true }`,
    'Change:   npm run dev restarts at each change; docs/plugins/README.md tells what there is',
  ];
  return [
    `plugins/${id}/`,
    ...files.map((name) => `  ${name}`),
    ...(checked ? ['', TOLD[checked]] : []),
    '',
    'Next:',
    ...steps.map((step) => `  ${step}`),
  ].join('\n');
}
