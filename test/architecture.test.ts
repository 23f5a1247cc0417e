import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '..');
const SRC = path.join(ROOT, 'src');

/** The floors of docs/architecture.md, lowest first. */
const FLOORS: readonly (readonly string[])[] = [
  ['base'],
  ['kernel'],
  ['imap', 'smtp', 'ldap', 'mime'],
  [
    'sites',
    'session',
    'settings',
    'audit',
    'enabling',
    'directory',
    'notify',
    'mail',
    'compose',
    'snooze',
    'transfer',
    'announce',
  ],
  ['host', 'view'],
  ['web'],
  ['cli', 'demo', 'app', ''],
];
/** Floor 3 has an order of its own: a folder sees those before it, through their doors. */
const DOMAIN = [
  'sites',
  'session',
  'settings',
  'audit',
  'enabling',
  'directory',
  'notify',
  'mail',
  'compose',
  'snooze',
  'transfer',
  'announce',
];

/** One home a library: file patterns that may import it. */
const HOMES: Readonly<Record<string, readonly RegExp[]>> = {
  express: [/^web\//],
  ejs: [/^view\/compile\.ts$/],
  imapflow: [/^imap\//, /^mime\/structure\.ts$/], // the latter a type only
  nodemailer: [/^smtp\//, /^mime\/compose\.ts$/],
  ldapts: [/^ldap\//],
  passport: [/^session\//],
  'passport-ldapauth': [/^session\//],
  knex: [
    /^kernel\//,
    /^[a-z]+\/[a-z-]*(store|migrations|types|rows|settings)\.ts$/,
    /^host\/(plugin-db|context-types)\.ts$/,
    /^compose\//,
    /^session\//,
  ],
  'sanitize-html': [/^mime\/(sanitize|html-[a-z-]+)\.ts$/],
  'css-tree': [/^mime\/css[a-z-]*\.ts$/],
  htmlparser2: [/^mime\//],
  pino: [/^base\/log\.ts$/],
  i18next: [/^kernel\/i18n\.ts$/],
  undici: [/^kernel\/fetch\.ts$/],
  busboy: [/^web\//],
  'smtp-server': [/^demo\//],
  ldapjs: [/^demo\//, /^session\//],
};

function filesBelow(dir: string, ext: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const full = path.join(dir, name);
    if (name === 'node_modules') return [];
    return statSync(full).isDirectory() ? filesBelow(full, ext) : full.endsWith(ext) ? [full] : [];
  });
}

interface Import {
  readonly from: string;
  readonly spec: string;
  /** `import type`: gone at run time. */
  readonly isType: boolean;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;

const importsOf = (file: string): Import[] =>
  [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => ({
    from: path.relative(SRC, file),
    spec: match[1] ?? match[2] ?? '',
    isType: /^\s*(?:import|export)\s+type\b/.test(match[0].trimStart()),
  }));

const sources = filesBelow(SRC, '.ts');
const imports = sources.flatMap(importsOf);
const isFile = (relative: string): boolean => existsSync(path.join(SRC, `${relative}.ts`));
const folderOf = (relative: string): string =>
  relative.includes('/') ? (relative.split('/')[0] ?? '') : '';
const floorOf = (folder: string): number => FLOORS.findIndex((floor) => floor.includes(folder));

/** Relative imports as [importing file, imported file] within `src`; a folder stands for its door. */
const internal = imports
  .filter(({ spec }) => spec.startsWith('.'))
  .map(({ from, spec, isType }) => {
    const to = path.relative(SRC, path.resolve(SRC, path.dirname(from), spec.replace(/\.js$/, '')));
    return { from, isType, to: isFile(to) || to === '' ? to : `${to}/index` };
  });

describe('the floors', () => {
  it('reads a source tree worth checking', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(internal.length).toBeGreaterThan(400);
  });

  it('knows the floor of every folder', () => {
    const unknown = [...new Set(sources.map((file) => folderOf(path.relative(SRC, file))))].filter(
      (folder) => floorOf(folder) < 0,
    );
    expect(unknown).toEqual([]);
  });

  it('imports only from its own folder or a lower floor', () => {
    const upward = internal.filter(({ from, to }) => {
      const own = folderOf(from);
      const other = folderOf(to);
      if (own === other) return false;
      const isDomain = DOMAIN.includes(own) && DOMAIN.includes(other);
      if (isDomain) return DOMAIN.indexOf(other) > DOMAIN.indexOf(own);
      return (
        floorOf(other) > floorOf(own) ||
        (floorOf(other) === floorOf(own) && !SAME_FLOOR.has(`${own}>${other}`))
      );
    });
    expect(upward.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('has no circle of files', () => {
    expect(findCircle()).toEqual([]);
  });
});

/** Neighbours on one floor that may see each other, with the reason in docs/architecture.md. */
const SAME_FLOOR = new Set(['host>view', 'cli>demo', 'demo>cli', '>cli', '>demo', '>app', 'demo>']);

function findCircle(): string[] {
  const byFile = new Map<string, string[]>();
  // A type may look back at who uses it; at run time nothing may.
  for (const { from, to } of internal.filter(({ isType }) => !isType)) {
    const target = [`${to}.ts`, `${to}/index.ts`].find((name) =>
      sources.includes(path.join(SRC, name)),
    );
    if (target) byFile.set(from, [...(byFile.get(from) ?? []), target]);
  }
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (file: string): string[] => {
    if (done.has(file)) return [];
    const at = trail.indexOf(file);
    if (at >= 0) return [...trail.slice(at), file];
    trail.push(file);
    for (const next of byFile.get(file) ?? []) {
      const circle = visit(next);
      if (circle.length > 0) return circle;
    }
    trail.pop();
    done.add(file);
    return [];
  };
  for (const file of byFile.keys()) {
    const circle = visit(file);
    if (circle.length > 0) return circle;
  }
  return [];
}

describe('libraries', () => {
  it.each(Object.entries(HOMES))('%s is imported at home only', (library, homes) => {
    const strangers = imports
      .filter(({ spec }) => spec === library || spec.startsWith(`${library}/`))
      .filter(({ from }) => !homes.some((home) => home.test(from)))
      .map(({ from }) => from);
    expect([...new Set(strangers)]).toEqual([]);
  });

  it('are pinned to one version each', () => {
    const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([name, version]) => name !== 'estafette' && !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
  });
});

/** What the `package.json` of a plugin says that its code needs. */
function packagesOf(dir: string): readonly string[] {
  const file = path.join(dir, 'package.json');
  if (!existsSync(file)) return [];
  const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies);
}

describe('what surrounds the source', () => {
  it('keeps TypeScript out of skins', () => {
    expect(filesBelow(path.join(ROOT, 'skins'), '.ts')).toEqual([]);
  });

  it('lets plugins import the public API, Node, their own files and packages only', () => {
    const strangers = filesBelow(path.join(ROOT, 'plugins'), '.ts').flatMap((file) => {
      const own = path.join(
        ROOT,
        'plugins',
        path.relative(path.join(ROOT, 'plugins'), file).split(path.sep)[0] ?? '',
      );
      return importsOf(file)
        .filter(({ spec }) => !/^(estafette\/plugin(\/testing)?|node:[a-z/_]+)$/.test(spec))
        .filter(
          ({ spec }) =>
            !spec.startsWith('.') || !path.resolve(path.dirname(file), spec).startsWith(own),
        )
        .filter(({ spec }) => !packagesOf(own).some((name) => `${spec}/`.startsWith(`${name}/`)))
        .map(({ spec }) => `${path.relative(ROOT, file)}: ${spec}`);
    });
    expect(strangers).toEqual([]);
  });

  it('imports the demonstration from the command line and tests only', () => {
    const strangers = internal.filter(
      ({ from, to }) => folderOf(to) === 'demo' && folderOf(from) !== 'demo' && from !== 'main.ts',
    );
    expect(strangers).toEqual([]);
  });

  it('writes no word to the console below the command line', () => {
    const talkers = sources.filter((file) => /\bconsole\.\w+\(/.test(readFileSync(file, 'utf8')));
    expect(talkers.map((file) => path.relative(SRC, file))).toEqual([]);
  });
});
