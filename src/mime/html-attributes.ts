import type { CssCleaner } from './css';
import { absoluteUrl, cleanUrl, type ImageResolver } from './html-images';
import { ALLOWED_TAGS, LOADING_ATTRIBUTES, LOADING_LINKS, PLAIN_ATTRIBUTES } from './html-rules';
import { BODY_MARK } from './html-scan';

type Attributes = Readonly<Record<string, string>>;
type Printed = Record<string, string>;

export interface RewriteDeps {
  readonly css: CssCleaner;
  readonly images: ImageResolver;
}

export interface RewrittenTag {
  readonly tagName: string;
  readonly attribs: Printed;
}

/** Ids and names of mail live apart from ours, so that they can shadow nothing (threats 13). */
const ID_PREFIX = 'm-';
const MAX_ID_CHARS = 200;
const MAX_PLAIN_CHARS = 2_000;
const MAX_HREF_CHARS = 8_000;

const ALLOWED = new Set(ALLOWED_TAGS);
const BACKGROUND_TAGS = new Set(['table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr']);

/** An id or name with the prefix of mail; twice is the same as once. */
export function prefixId(id: string): string {
  const plain = id.replace(/[^\w.:-]/g, '_').slice(0, MAX_ID_CHARS);
  return plain.startsWith(ID_PREFIX) ? plain : `${ID_PREFIX}${plain}`;
}

/** One tag as it will be printed: only known attributes, each with a checked value. */
export function rewriteTag(name: string, given: Attributes, deps: RewriteDeps): RewrittenTag {
  if (!ALLOWED.has(name)) return { tagName: name, attribs: {} };
  if (name === 'div' && given[BODY_MARK] !== undefined) {
    return { tagName: name, attribs: bodyAttributes(given, deps) };
  }
  const attribs = plainAttributes(given);
  addStyle(attribs, given['style'], deps);
  addIdentity(name, attribs, given);
  if (name === 'img') addImage(attribs, given, deps);
  if (name === 'a') addLink(attribs, given['href']);
  if (BACKGROUND_TAGS.has(name)) addBackground(attribs, given['background'], deps.images);
  else deps.images.drop(given['background']);
  return { tagName: name, attribs };
}

function plainAttributes(given: Attributes): Printed {
  const attribs: Printed = {};
  for (const name of Object.keys(given)) {
    if (!PLAIN_ATTRIBUTES.has(name)) continue;
    const value = (given[name] ?? '').replace(/(?![\t\n])\p{Cc}/gu, '');
    if (value.length <= MAX_PLAIN_CHARS || name === 'alt') {
      attribs[name] = value.slice(0, MAX_PLAIN_CHARS);
    }
  }
  return attribs;
}

function addStyle(attribs: Printed, style: string | undefined, { css }: RewriteDeps): void {
  const clean = style === undefined ? '' : css.style(style);
  if (clean !== '') attribs['style'] = clean;
}

function addIdentity(tag: string, attribs: Printed, given: Attributes): void {
  if (given['id']) attribs['id'] = prefixId(given['id']);
  if (tag === 'a' && given['name']) attribs['name'] = prefixId(given['name']);
}

function addLink(attribs: Printed, raw: string | undefined): void {
  const href = raw === undefined ? undefined : safeHref(raw);
  if (href === undefined) return;
  attribs['href'] = href;
  if (href.startsWith('#')) return;
  attribs['target'] = '_blank';
  attribs['rel'] = 'noopener noreferrer nofollow';
}

/** A link's address when its scheme is http, https, mailto or tel, or inside the message. */
function safeHref(raw: string): string | undefined {
  const url = cleanUrl(raw);
  if (url.length > MAX_HREF_CHARS) return undefined;
  if (url.startsWith('#')) return url.length > 1 ? `#${prefixId(url.slice(1))}` : undefined;
  if (/^(?:mailto|tel):/i.test(url)) return url;
  // Common in hand-written mail, where a relative address means nothing.
  const absolute = /^www\.[\w-]/i.test(url) ? `https://${url}` : absoluteUrl(url);
  return absolute !== undefined && URL.canParse(absolute) ? absolute : undefined;
}

function addImage(attribs: Printed, given: Attributes, { images }: RewriteDeps): void {
  images.drop(given['lowsrc'] ?? given['dynsrc']);
  const candidate = firstCandidate(given['srcset']);
  const raw = given['src'] ?? candidate;
  if (raw === undefined || raw === '') return;
  if (isPixel(given) && images.isTracker(raw)) return;
  const before = images.blockedRemote;
  // One image counts once: its other resolutions only when it has no remote address itself.
  if (raw !== candidate && absoluteUrl(cleanUrl(raw)) === undefined) images.drop(candidate);
  const src = images.resolve(raw);
  if (src !== undefined) attribs['src'] = src;
  // Lets the frame draw the outline of what is missing.
  else if (images.blockedRemote > before) attribs['class'] = withBlocked(attribs['class']);
}

const withBlocked = (value: string | undefined): string =>
  value ? `${value} blocked-image` : 'blocked-image';

const firstCandidate = (srcset: string | undefined): string | undefined =>
  srcset?.trim().split(/[\s,]/, 1)[0];

/** True for images of at most one pixel, or not displayed. */
function isPixel(given: Attributes): boolean {
  const style = (given['style'] ?? '').slice(0, MAX_PLAIN_CHARS).toLowerCase().replace(/\s+/g, '');
  if (/(?:^|;)(?:display:none|visibility:hidden)/.test(style)) return true;
  const isTiny = (side: 'width' | 'height'): boolean =>
    /^[01](?:px)?$/.test((given[side] ?? '').trim()) ||
    new RegExp(`(?:^|;)(?:max-)?${side}:[01](?:px)?(?:;|!|$)`).test(style);
  return isTiny('width') && isTiny('height');
}

function addBackground(attribs: Printed, raw: string | undefined, images: ImageResolver): void {
  const background = raw === undefined ? undefined : images.resolve(raw);
  if (background !== undefined && !background.startsWith('data:'))
    attribs['background'] = background;
}

/** The body element becomes a block that keeps its colours: the frame has a body of its own. */
function bodyAttributes(given: Attributes, deps: RewriteDeps): Printed {
  const attribs: Printed = {};
  const colours = [
    ['background-color', given['bgcolor']],
    ['color', given['text']],
  ].map(([property, value]) => (value ? `${property}:${legacyColour(value)};` : ''));
  const image =
    given['background'] === undefined ? undefined : deps.images.resolve(given['background']);
  const url = image && !/["\\()]/.test(image) ? `background-image:url("${image}");` : '';
  addStyle(attribs, `${colours.join('')}${url}${given['style'] ?? ''}`, deps);
  if (given['class']) attribs['class'] = given['class'].slice(0, MAX_PLAIN_CHARS);
  if (given['dir']) attribs['dir'] = given['dir'].slice(0, 10);
  return attribs;
}

/** Old pages wrote colours without the hash. */
const legacyColour = (value: string): string =>
  /^[0-9a-f]{6}$/i.test(value.trim())
    ? `#${value.trim()}`
    : value.trim().replace(/[^\w#(),.% -]/g, '');

/** Counts what an element that is taken out would have loaded. */
export function countDropped(
  name: string,
  given: ReadonlyMap<string, string>,
  images: ImageResolver,
): void {
  for (const attribute of LOADING_ATTRIBUTES) {
    if (attribute === 'href' && !LOADING_LINKS.has(name)) continue;
    const value = given.get(attribute);
    images.drop(attribute === 'srcset' ? firstCandidate(value) : value);
  }
}
