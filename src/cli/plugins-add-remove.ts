import { rm } from 'node:fs/promises';
import path from 'node:path';
import { idOfPackage } from '../host/package-names';
import { type Command, EXIT, print, readArgs, UsageError } from './command';
import { noteInLog } from './note-in-log';
import { tarballName } from './plugins-add';
import { packageArea, uninstall } from './plugins-add-npm';
import { configDirOf, nameOf, record } from './plugins-add-record';
import { filesThatTurnOn } from './plugins-on';

export const pluginsRemove: Command = {
  name: 'plugins:remove',
  summary: 'takes out a plugin that plugins:add installed; its data stays',
  usage: [
    'estafette plugins:remove <id | package> [--json]',
    '',
    'Refused while a site has it on. plugins:purge removes its tables.',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(args, {}, 1);
    const [wanted] = positionals;
    if (wanted === undefined) throw new UsageError('plugins:remove needs an id or a package');
    const config = deps.loadConfig();
    const entry = config.plugins.packages.find((candidate) => {
      const name = String(nameOf(candidate));
      return name === wanted || idOfPackage(name) === wanted;
    });
    if (entry === undefined) throw new UsageError(`no package "${wanted}" in config/plugins.json`);
    const name = String(nameOf(entry));
    const id = idOfPackage(name);
    const sites = filesThatTurnOn(config, id);
    if (sites.length > 0) {
      throw new UsageError(`"${id}" is still on for ${sites.join(', ')}: take it out there first`);
    }
    if (typeof entry !== 'string') {
      const area = await packageArea(config.root);
      await uninstall(area, name);
      await rm(path.join(area, 'tarballs', tarballName(entry)), { force: true });
    }
    await record(configDirOf(config), name);
    await noteInLog(
      { io, deps, config },
      { event: 'plugin:removed', target: id, details: { name } },
    );
    print(io, values, { id, name }, () =>
      [
        `${name} is taken out. Its data stays: estafette plugins:purge ${id} removes it.`,
        ...(typeof entry === 'string'
          ? ['It was installed by hand: npm uninstall it as well.']
          : []),
      ].join('\n'),
    );
    return EXIT.ok;
  },
};
