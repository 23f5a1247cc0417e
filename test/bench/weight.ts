import { brotliCompressSync, constants } from 'node:zlib';
import type { HttpClient } from './http-client';

export const MAX_BYTES = 100_000;
export const MAX_REQUESTS = 12;

/** One file that pages ask for. */
export interface StaticFile {
  readonly url: string;
  /** As it travels. */
  readonly bytes: number;
  /** 200, or why it weighs nothing. */
  readonly status: number;
}

/** What a cold visit costs: sign-in, list, one message read. */
export interface Weight {
  readonly files: readonly StaticFile[];
  readonly fileBytes: number;
  /** The documents and their size if a proxy compressed them (we do not: they hold a token). */
  readonly pages: readonly { readonly url: string; readonly bytes: number; readonly br: number }[];
  /** Files and documents, redirects apart. */
  readonly requests: number;
}

/** Files that a browser fetches for a page, by its markup; each address once, without fragment. */
export function filesOfPage(html: string): string[] {
  const tags = html.match(/<(?:link|script|img|use|source)\b[^>]*>/g) ?? [];
  const urls = tags.flatMap((tag) => {
    if (tag.startsWith('<link') && !isFetched(tag)) return [];
    const value = /\s(?:href|src)="([^"]+)"/.exec(tag)?.[1];
    return value === undefined ? [] : [value.replaceAll('&amp;', '&').replace(/#.*$/, '')];
  });
  return [...new Set(urls)].filter((url) => url.startsWith('/'));
}

const isFetched = (link: string): boolean =>
  /\srel="[^"]*\b(?:stylesheet|icon|manifest|modulepreload|preload)\b/.test(link);

/** Files that a style sheet or a module asks for in turn. */
export function filesOfAsset(url: string, text: string): string[] {
  const isStyle = url.endsWith('.css');
  const pattern = isStyle
    ? /url\(\s*['"]?([^'")]+)['"]?\s*\)/g
    : /\bfrom\s*["'](\.{0,2}\/[^"']+)["']|\bimport\s*\(?\s*["'](\.{0,2}\/[^"']+)["']/g;
  const found = [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? '');
  const local = found.filter((value) => value !== '' && !value.startsWith('data:'));
  return [...new Set(local.map((value) => new URL(value, `http://x${url}`).pathname))];
}

/** Asks for every page and file as a browser that has nothing yet. */
export async function weigh(
  client: HttpClient,
  paths: readonly string[],
  framed: (html: string) => string | undefined,
): Promise<Weight> {
  const pages: Weight['pages'][number][] = [];
  const wanted = new Set<string>();
  const queue = [...paths];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const { html, body } = await client.page(path);
    pages.push({ url: path, bytes: body.length, br: compressed(body) });
    for (const url of filesOfPage(html)) wanted.add(url);
    const inner = framed(html);
    if (inner !== undefined) queue.push(inner);
  }
  const files = await fetchFiles(client, wanted);
  return {
    files,
    fileBytes: files.reduce((sum, file) => sum + file.bytes, 0),
    pages,
    requests: files.length + pages.length,
  };
}

async function fetchFiles(client: HttpClient, wanted: Set<string>): Promise<StaticFile[]> {
  const files: StaticFile[] = [];
  for (const url of wanted) {
    // The set grows while it is walked: what a file asks for is walked too.
    const plain = await client.get(url);
    const travelled = await client.get(url, { 'Accept-Encoding': 'br, gzip' });
    files.push({ url, bytes: travelled.body.length, status: travelled.status });
    if (/\.(?:css|js)$/.test(url)) {
      for (const more of filesOfAsset(url, plain.body.toString('utf8'))) wanted.add(more);
    }
  }
  return files;
}

const compressed = (body: Buffer): number =>
  brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length;
