import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_CODES } from '../src/base/errors';
import { NEEDS } from '../src/host/needs';
import { CORE_SECTIONS } from '../src/settings';

const ROOT = path.resolve(__dirname, '..');

const filesBelow = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));

type Catalogue = ReadonlyMap<string, string>;

function flatten(node: unknown, prefix = ''): [string, string][] {
  if (typeof node === 'string') return [[prefix, node]];
  if (typeof node !== 'object' || node === null) throw new Error(`not a text: ${prefix}`);
  return Object.entries(node).flatMap(([key, value]) =>
    flatten(value, prefix === '' ? key : `${prefix}.${key}`),
  );
}

const read = (file: string): Catalogue =>
  new Map(flatten(JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'))));

/** A plural's forms count as one key. */
const plain = (key: string): string => key.replace(/_(?:zero|one|many|other)$/, '');
const plainKeys = (catalogue: Catalogue): Set<string> => new Set([...catalogue.keys()].map(plain));

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name]) => name ?? '');

const FOLDERS = [
  'locales',
  ...readdirSync(path.join(ROOT, 'plugins'))
    .map((plugin) => `plugins/${plugin}/locales`)
    .filter((folder) => existsSync(path.join(ROOT, folder, 'fr.json'))),
];
const core = { fr: read('locales/fr.json'), en: read('locales/en.json') };
const coreKeys = plainKeys(core.fr);

describe.each(FOLDERS)('the texts of %s', (folder) => {
  const fr = read(`${folder}/fr.json`);
  const en = read(`${folder}/en.json`);

  it('are the same in both languages', () => {
    expect([...plainKeys(fr)].sort()).toEqual([...plainKeys(en)].sort());
  });

  it('ask for the same values in both languages', () => {
    const asked = (catalogue: Catalogue, wanted: string): string[] =>
      [
        ...new Set(
          [...catalogue].flatMap(([key, text]) =>
            plain(key) === wanted ? placeholders(text) : [],
          ),
        ),
      ].sort();

    const differing = [...plainKeys(fr)].filter(
      (key) => asked(fr, key).join() !== asked(en, key).join(),
    );

    expect(differing).toEqual([]);
  });

  it('have every form of their plurals, and no singular beside them', () => {
    const incomplete = [fr, en].flatMap((catalogue) =>
      [...catalogue.keys()]
        .filter((key) => key !== plain(key))
        .map(plain)
        .filter(
          (key) =>
            !catalogue.has(`${key}_one`) || !catalogue.has(`${key}_other`) || catalogue.has(key),
        ),
    );

    expect(incomplete).toEqual([]);
  });

  it('are never empty', () => {
    expect([...fr, ...en].filter(([, text]) => text.trim() === '')).toEqual([]);
  });
});

describe.each(FOLDERS)('the French of %s', (folder) => {
  const texts = [...read(`${folder}/fr.json`)];
  const breaking = (rule: RegExp) => texts.filter(([, text]) => rule.test(text));

  it('writes typographic apostrophes, quotation marks and ellipses', () => {
    expect(breaking(/['"]|\.\.\./)).toEqual([]);
  });

  it('keeps : ; ? ! and » on the line of their word', () => {
    expect(breaking(/(?<![\u00a0\u202f?!])[;?!»]|(?<![\u00a0\u202f]):(?=\s|$)/u)).toEqual([]);
  });

  it('keeps « on the line of its word', () => {
    expect(breaking(/«(?![\u00a0\u202f])/u)).toEqual([]);
  });
});

/** Texts whose key is put together; what follows the prefix is a value of a closed list. */
const BUILT_PREFIXES = [
  'admin.advice.',
  'admin.attention.',
  'admin.dependency.',
  'admin.field.',
  'admin.jobs.',
  'admin.kind.',
  'admin.layer.',
  'admin.level.',
  'admin.place.',
  'admin.refusal.',
  'admin.state.',
  'admin.waysIn.',
  'admin.waysIn.outside.',
  'compose.editor.',
  'compose.heading.',
  'compose.source.',
  'error.status.',
  'mail.done.',
  'mail.filter.',
  'mail.folder.',
  'mail.sort.',
  'mail.state.',
  'message.kind.',
  'message.link.',
  'message.warning.',
  'send.deferred.',
  'send.lateCopy.',
  'send.lateCopy.done.',
  'send.rejected.',
  'settings.',
  'shortcuts.',
  'size.',
];

/** Fields of an address line, by their name. */
const BUILT_KEYS = ['compose.to', 'compose.cc', 'compose.bcc'];
const BUILT_STARTS = [...BUILT_PREFIXES, 'compose.'];

/** Rights of administrators and needs of plugins: words of the same areas that are no texts. */
const PERMISSIONS = new Set(['admin.', 'admin.access', 'admin.platform', ...Object.keys(NEEDS)]);

describe('the keys in code and views', () => {
  const areas = [...new Set([...coreKeys].map((key) => key.split('.')[0]))].join('|');
  const literal = new RegExp(`(['"\`])((?:${areas})\\.[\\w.-]*)(\\1|\\$\\{)(\\s*\\+)?`, 'g');
  const files = ['src', 'skins', 'plugins']
    .flatMap((folder) => filesBelow(folder))
    .filter((file) => /\.(?:ts|ejs|js)$/.test(file))
    .filter((file) => !/^src\/(?:demo|host\/testing)\/|^plugins\/[^/]+\/test\//.test(file));
  const found = files.flatMap((file) =>
    [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(literal)].map(
      ([, , key = '', end = '', plus]) => ({
        file,
        key,
        isStart: end === '${' || plus !== undefined || key.endsWith('.'),
      }),
    ),
  );
  const isFileName = (key: string): boolean => /\.(?:css|js|json|svg|ts|txt)$/.test(key);
  const literals = found.filter(
    ({ key, isStart }) => !isStart && !isFileName(key) && !PERMISSIONS.has(key),
  );
  const errorKeys = Object.values(ERROR_CODES).map(({ textKey }) => textKey as string);

  it('are seen at all', () => {
    expect(new Set(literals.map(({ key }) => key)).size).toBeGreaterThan(200);
  });

  it('are texts', () => {
    expect(literals.filter(({ key }) => !coreKeys.has(key))).toEqual([]);
  });

  it('are put together only where it is declared', () => {
    const starts = found.filter(({ key, isStart }) => isStart && !PERMISSIONS.has(key));

    expect(starts.filter(({ key }) => !BUILT_STARTS.includes(key))).toEqual([]);
  });

  it('use every text', () => {
    const used = new Set([...literals.map(({ key }) => key), ...errorKeys, ...BUILT_KEYS]);
    const ofError = (key: string): string => key.replace(/(?:Heading|Advice)$/, '');
    const unused = [...coreKeys].filter(
      (key) =>
        !used.has(key) &&
        !errorKeys.includes(ofError(key)) &&
        !(key.startsWith('error.') && used.has(ofError(key))) &&
        !BUILT_PREFIXES.some((prefix) => key.startsWith(prefix)),
    );

    expect(unused).toEqual([]);
  });

  it('name a text and a heading for every error', () => {
    const statuses = Object.values(ERROR_CODES).map(({ status }) => `error.status.${status}`);

    expect([...errorKeys, ...statuses].filter((key) => !coreKeys.has(key))).toEqual([]);
  });

  it('name exactly the texts of the settings', () => {
    const declared = CORE_SECTIONS.flatMap(({ labelKey, fields }) => [
      labelKey,
      ...fields.flatMap((field) => [
        field.labelKey,
        ...('helpKey' in field ? [field.helpKey] : []),
        ...('options' in field ? field.options.map((option) => option.labelKey) : []),
      ]),
    ]);
    const sections = new RegExp(
      `^settings\\.(?:${CORE_SECTIONS.map(({ id }) => id).join('|')})\\.`,
    );

    const written = [...coreKeys].filter((key) => sections.test(key));

    expect(written.sort()).toEqual([...declared].sort());
  });
});
