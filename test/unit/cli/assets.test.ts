import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { buildAssets } from '../../../src/cli/build-assets';
import { cleanUp, newFolder } from '../kernel-config/support';
import { run } from './support';

afterEach(cleanUp);

function project(files: Record<string, string>): string {
  const root = newFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

const FILES = {
  'skins/base/assets/app.css': '@import "./tokens.css";\n.a { color : var(--ink) ; }',
  'skins/base/assets/tokens.css': ':root { --ink: #123456; }',
  'skins/base/assets/app.js': 'import { hello } from "./elements/est-hello.js";\nhello();',
  'skins/base/assets/elements/est-hello.js': 'export const hello = () => console.log("héllo");',
  'skins/base/assets/icons.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'skins/base/assets/fonts/a.woff2': 'font',
  'skins/base/assets/.DS_Store': 'x',
  'skins/sea/assets/skin.css': ':root { --ink: #000; }',
  'plugins/notes/assets/notes.js': 'export const note = 1 + 1;',
  'plugins/notes/assets/parts/inner.js': 'export const inner = 1;',
};
const build = (root: string) => buildAssets({ root, outDir: 'dist/assets' });

describe('assets:build', () => {
  it('names entries by owner and path, and leaves their parts out', async () => {
    const manifest = await build(project(FILES));

    expect(Object.keys(manifest)).toEqual([
      'base/app.css',
      'base/app.js',
      'base/fonts/a.woff2',
      'base/icons.svg',
      'notes/notes.js',
      'sea/skin.css',
    ]);
  });

  it('bundles, minifies and compresses', async () => {
    const root = project(FILES);
    const manifest = await build(root);
    const read = (name: string, suffix = '') =>
      readFileSync(path.join(root, 'dist/assets', `${manifest[name]?.file}${suffix}`));

    expect(read('base/app.css').toString().trim()).toBe(
      ':root{--ink: #123456}.a{color:var(--ink)}',
    );
    expect(read('base/app.js').toString()).toContain('héllo');
    expect(read('base/app.js').toString()).not.toContain('import');
    expect(gunzipSync(read('base/app.js', '.gz'))).toEqual(read('base/app.js'));
    expect(brotliDecompressSync(read('base/app.css', '.br'))).toEqual(read('base/app.css'));
    expect(manifest['base/app.css']).toMatchObject({ bytes: read('base/app.css').length });
    expect(manifest['base/fonts/a.woff2']).toEqual({
      file: expect.stringMatching(/^a-\w{10}\.woff2$/),
      bytes: 4,
    });
  });

  it('gives the same files for the same sources, other names for others', async () => {
    const one = await build(project(FILES));
    const two = await build(project(FILES));
    const three = await build(
      project({ ...FILES, 'skins/base/assets/tokens.css': ':root { --ink: red; }' }),
    );

    expect(two).toEqual(one);
    expect(three['base/app.css']?.file).not.toBe(one['base/app.css']?.file);
    expect(three['base/app.js']?.file).toBe(one['base/app.js']?.file);
  });

  it('keeps the previous build when a source is broken, and names the source', async () => {
    const root = project(FILES);
    await build(root);
    writeFileSync(path.join(root, 'skins/base/assets/app.js'), 'import "./absent.js";');

    const { code, err } = await run(['assets:build'], { root });

    expect(code).toBe(1);
    expect(err).toContain('base/app.js');
    expect(err).toContain('./absent.js');
    expect(existsSync(path.join(root, 'dist/assets/manifest.json'))).toBe(true);
  });

  it('removes what is no longer made', async () => {
    const root = project(FILES);
    await build(root);
    writeFileSync(path.join(root, 'skins/base/assets/tokens.css'), ':root{--ink:blue}');

    const manifest = await build(root);

    const styles = readdirSync(path.join(root, 'dist/assets')).filter((name) =>
      /^app-.*\.css$/.test(name),
    );
    expect(styles).toEqual([manifest['base/app.css']?.file]);
  });

  it('builds nothing from nothing', async () => {
    expect(await build(newFolder())).toEqual({});
  });
});
