import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BASE_SKIN } from '../view';

export interface NewSkin {
  readonly id: string;
  readonly parent: string;
}

/** The view that a new skin starts with: small, and seen before signing in. */
const EXAMPLE_VIEW = path.join('views', 'partials', 'bare-foot.ejs');

/** The files of a new skin: path in its folder → content. */
export function skinFiles(root: string, { id, parent }: NewSkin): ReadonlyMap<string, string> {
  const skins = path.join(root, 'skins');
  const manifest = { extends: parent, title: id, logo: 'logo.svg', themeColor: '#12333a' };
  return new Map([
    ['skin.json', `${JSON.stringify(manifest, null, 2)}\n`],
    [path.join('assets', 'skin.css'), skinCss(skins, id)],
    [path.join('assets', 'logo.svg'), LOGO],
    [EXAMPLE_VIEW, exampleView(skins, parent)],
    [path.join('locales', 'fr.json'), '{}\n'],
    [path.join('locales', 'en.json'), '{}\n'],
  ]);
}

function skinCss(skins: string, id: string): string {
  const tokens = readFileSync(path.join(skins, BASE_SKIN, 'assets', 'tokens.css'), 'utf8');
  return [
    `/* Skin ${id}. Every token of the platform stands below with its value: take the comment away`,
    '   from those that differ. light-dark(day, night) keeps both themes; contrast is at least 4.5:1',
    '   for text and 3:1 for lines of controls. */',
    ':root {',
    ...tokenLines(tokens),
    '}',
    '',
    '/* Density: the same names under [data-density="compact"] and [data-density="comfortable"]. */',
    '',
  ].join('\n');
}

/** The first `:root` block, each declaration in a comment of its own; the comments stay. */
export function tokenLines(css: string): readonly string[] {
  const start = css.indexOf(':root {') + ':root {'.length;
  const block = css.slice(start, css.indexOf('\n}', start));
  const pieces = block.matchAll(/\/\*[\s\S]*?\*\/|(--[\w-]+):\s*([^;]+);/g);
  return [...pieces].flatMap(([whole, name, value]) => {
    if (name === undefined) return [`  ${whole}`];
    return [`  /* ${name}: ${(value ?? '').replace(/\s+/g, ' ').trim()}; */`];
  });
}

/** The view as the parent shows it now, to be changed. */
function exampleView(skins: string, parent: string): string {
  const file = [parent, BASE_SKIN]
    .map((skin) => path.join(skins, skin, EXAMPLE_VIEW))
    .find((candidate) => existsSync(candidate));
  const text = file === undefined ? '' : readFileSync(file, 'utf8');
  return [
    '<%# The foot of the pages before signing in, in place of the view of the same name of the skin',
    '    that this one extends. Any view can be replaced: skins/base/views/<name>.ejs by',
    '    views/<name>.ejs, plugins/<plugin>/views/<name>.ejs by plugins/<plugin>/<name>.ejs.',
    '    Delete this file to have the original back. %>',
    text.replace(/^<%#[\s\S]*?%>\n/, ''),
  ].join('\n');
}

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">
  <rect width="32" height="32" rx="6" fill="#12333a"/>
  <path d="M6 10h20v13H6z M6 10l10 8 10-8" fill="none" stroke="#fff" stroke-width="2"/>
</svg>
`;
