import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hashPackage, sha512 } from '../host/package-integrity';
import { idOfPackage, isPackageName } from '../host/package-names';
import type { AppConfig } from '../sites';
import { type Command, EXIT, print, readArgs, UsageError } from './command';
import { noteInLog } from './note-in-log';
import { orAsBefore } from './plugins-add-before';
import { fetchTarball, installTarball, npmFiles, packageArea } from './plugins-add-npm';
import { configDirOf, nameOf, record } from './plugins-add-record';
import { type PackedPlugin, readTarball } from './plugins-add-tarball';

/** Versions and ranges of npm: nothing that could be an address or a path. */
const RANGE = /^[0-9A-Za-z.^~<>=|* +-]+$/;

export const pluginsAdd: Command = {
  name: 'plugins:add',
  summary: 'installs a plugin from a file or the registry of npm; turns it on nowhere',
  usage: [
    'estafette plugins:add <./file.tgz | name[@range]> [--json]',
    '',
    'Runs no script of the package. Its version, its SHA-512 and that of each of its files are',
    'recorded in config/: a file that changes later keeps the plugin off. No address is taken.',
  ].join('\n'),
  async run(io, args, deps) {
    const { values, positionals } = readArgs(args, {}, 1);
    const [spec] = positionals;
    if (spec === undefined) throw new UsageError('plugins:add needs a file or a name');
    const source = readSpec(spec);
    const config = deps.loadConfig();
    const temp = await mkdtemp(path.join(tmpdir(), 'estafette-add-'));
    try {
      const file = source.file ?? (await fetchTarball(source.spec, temp));
      const plugin = readTarball(file);
      refuseTaken(config, plugin);
      const integrity = await install(config, plugin, file);
      const { id, name, version } = plugin;
      await noteInLog(
        { io, deps, config },
        { event: 'plugin:added', target: id, details: { name, version, integrity } },
      );
      print(io, values, { ...plugin, integrity }, () => describe(plugin, integrity));
      return EXIT.ok;
    } finally {
      await rm(temp, { recursive: true, force: true });
    }
  },
};

/** A tarball on this disk, or a name that the registry knows. */
function readSpec(
  spec: string,
): { readonly file: string } | { readonly file?: undefined; readonly spec: string } {
  const isFile = /\.(?:tgz|tar\.gz)$/.test(spec) && !/^[a-z+]+:/i.test(spec);
  if (isFile) {
    const file = path.resolve(spec);
    if (!existsSync(file)) throw new UsageError(`no file ${spec}`);
    return { file };
  }
  const at = spec.indexOf('@', 1);
  const [name, range] = at < 0 ? [spec, undefined] : [spec.slice(0, at), spec.slice(at + 1)];
  if (!isPackageName(name) || (range !== undefined && !RANGE.test(range))) {
    throw new UsageError(
      `"${spec}" is neither a .tgz file nor name or name@range; no address is taken`,
    );
  }
  return { spec };
}

function refuseTaken({ root, plugins }: AppConfig, { id, name }: PackedPlugin): void {
  if (existsSync(path.join(root, 'plugins', id))) {
    throw new UsageError(`${name}: the id "${id}" is taken by the folder plugins/${id}`);
  }
  const other = plugins.packages
    .map((entry) => String(nameOf(entry)))
    .find((known) => known !== name && idOfPackage(known) === id);
  if (other !== undefined) throw new UsageError(`${name}: the id "${id}" is taken by ${other}`);
}

/** Installs and records, or leaves everything as it was; the SHA-512 of the tarball. */
async function install(config: AppConfig, plugin: PackedPlugin, file: string): Promise<string> {
  const { name, version, api } = plugin;
  const area = await packageArea(config.root);
  // A copy stays: npm goes back to it when it installs the others.
  const kept = path.join('tarballs', tarballName(plugin));
  const tarball = path.join(area, kept);
  const dir = path.join(area, 'node_modules', name);
  const integrity = await orAsBefore(area, [tarball, dir, ...npmFiles(area)], async () => {
    await copyFile(file, tarball);
    await installTarball(area, kept);
    refuseSecondPlatform(dir, name);
    const hash = sha512(await readFile(tarball));
    const line = { name, version, api, integrity: hash };
    await record(configDirOf(config), name, { line, files: hashPackage(dir) });
    return hash;
  });
  await removeReplaced(config, plugin, area);
  return integrity;
}

/** The tarball of the version that this one replaces. */
async function removeReplaced(
  { plugins }: AppConfig,
  added: PackedPlugin,
  area: string,
): Promise<void> {
  const old = plugins.packages.find((entry) => nameOf(entry) === added.name);
  if (typeof old !== 'object' || old.version === added.version) return;
  await rm(path.join(area, 'tarballs', tarballName(old)), { force: true });
}

export const tarballName = ({ name, version }: Pick<PackedPlugin, 'name' | 'version'>): string =>
  `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;

/** A dependency may bring the platform as well (plugins.md P29). */
function refuseSecondPlatform(dir: string, name: string): void {
  const copy = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .find((file) => /(?:^|\/)node_modules\/estafette\/package\.json$/.test(file));
  if (copy === undefined) return;
  throw new UsageError(`${name}: brings a second copy of estafette in ${path.posix.dirname(copy)}`);
}

const describe = ({ id, name, version, api }: PackedPlugin, integrity: string): string =>
  [
    `${name}@${version} is installed (plugin "${id}", API ${api}).`,
    integrity,
    '',
    'It is on nowhere yet. Next:',
    '  Grant:    estafette plugins tells what it needs; config/plugins.json "grants" gives it',
    `  Turn on:  config/sites/<site>.json, "plugins": { "${id}": true }`,
    '  Assets:   npm run build, when it brings styles or scripts',
    `  Undo:     estafette plugins:remove ${id}`,
  ].join('\n');
