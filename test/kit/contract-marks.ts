import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { textKeysOf } from '../../src/app/skins';
import type { FoundPlugin } from '../../src/host/discover';
import { parsePage } from './html';

const MANIFEST = path.resolve(__dirname, '..', '..', 'dist', 'assets', 'manifest.json');
const ADDRESSES = ['href', 'src', 'action', 'formaction', 'data-url'];

/**
 * What the platform stamps with a plugin's id in a page: addresses below `/<id>`, its built files,
 * names of texts that were not found. Its id as a word says nothing: `icon` is a class of the core.
 */
export function marksIn(html: string, { id, locales }: FoundPlugin): string[] {
  const page = parsePage({ status: 200, url: '', headers: new Headers(), text: html });
  const files = builtFilesOf(id);
  const isOwn = (address: string): boolean => {
    const { pathname } = new URL(address, 'http://page.example');
    return pathname === `/${id}` || pathname.startsWith(`/${id}/`) || files.has(pathname);
  };
  const addresses = page
    .all(() => true)
    .flatMap(({ attribs }) => ADDRESSES.map((name) => attribs[name] ?? ''))
    .filter((address) => address !== '' && URL.canParse(address, 'http://page.example'))
    .filter(isOwn);
  const texts = textKeysOf(locales.fr)
    .map((key) => `${id}:${key}`)
    .filter((text) => html.includes(text));
  return [...new Set([...addresses, ...texts])];
}

function builtFilesOf(id: string): ReadonlySet<string> {
  if (!existsSync(MANIFEST)) return new Set();
  const built = JSON.parse(readFileSync(MANIFEST, 'utf8')) as Record<string, { file: string }>;
  return new Set(
    Object.entries(built)
      .filter(([name]) => name.startsWith(`${id}/`))
      .map(([, { file }]) => `/assets/${file}`),
  );
}
