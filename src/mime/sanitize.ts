import sanitizeHtml from 'sanitize-html';
import { type CssCleaner, cssCleaner } from './css';
import { countDropped, prefixId, rewriteTag } from './html-attributes';
import { ImageResolver, type RemotePolicy } from './html-images';
import { ALLOWED_TAGS, PRINTED_ATTRIBUTES, TEXTLESS_TAGS, VOID_TAGS } from './html-rules';
import { SCAN_LIMITS, type ScanLimits, scanHtml } from './html-scan';
import type { RenderedBody } from './rendered';

export interface SanitizeOptions {
  readonly remote: RemotePolicy;
  /** Content-ID (without brackets) to the address its part is served at. */
  readonly cids?: Readonly<Record<string, string>>;
  /** Keeps `cid:` addresses as they are: for mail being composed. */
  readonly keepCids?: boolean;
  /** Label of the folded quoted tail; nothing is folded without it. */
  readonly quotedSummary?: string;
  readonly limits?: Partial<ScanLimits>;
}

const ALLOWED: ReadonlySet<string> = new Set(ALLOWED_TAGS);

/**
 * HTML mail to safe HTML for the framed document. The input is scanned for limits first; the
 * allow-list then prints only known tags and attributes with checked values, and nothing touches
 * the result afterwards. Sanitising the result again gives the same.
 */
export function sanitizeMail(html: string, options: SanitizeOptions): RenderedBody {
  const limits = { ...SCAN_LIMITS, ...options.limits };
  const images = new ImageResolver({
    cids: options.cids ?? {},
    keepCids: options.keepCids ?? false,
    remote: options.remote,
  });
  const scanned = scanHtml(html.replaceAll('\0', ''), {
    limits,
    quotedSummary: options.quotedSummary,
    allowed: ALLOWED,
    onDropped: (name, values) => countDropped(name, values, images),
  });
  const css = cssCleaner({ resolveImage: (url) => images.resolve(url), prefixId });
  const sheet = scanned.styles.map((text) => css.sheet(text)).join('');
  const body = printAllowed(scanned.html, limits.maxDepth, { css, images });
  return {
    html: sheet === '' ? body : `<style>${sheet}</style>${body}`,
    blockedRemote: images.blockedRemote,
    shownRemote: images.shownRemote,
    trackers: images.trackers,
    truncated: scanned.truncated,
    hasQuoted: scanned.hasQuoted,
    usedCids: [...images.usedCids],
  };
}

function printAllowed(
  html: string,
  maxDepth: number,
  deps: { css: CssCleaner; images: ImageResolver },
): string {
  return sanitizeHtml(html, {
    allowedTags: [...ALLOWED_TAGS],
    allowedAttributes: { '*': [...PRINTED_ATTRIBUTES] },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['http', 'https', 'data', 'cid'] },
    allowProtocolRelative: false,
    selfClosing: [...VOID_TAGS],
    nonTextTags: [...TEXTLESS_TAGS],
    // Every style goes through css-tree in rewriteTag; postcss would only rewrite it once more.
    parseStyleAttributes: false,
    // One more than the scan let through, for the fold it inserted.
    nestingLimit: maxDepth + 2,
    transformTags: { '*': (name, attribs) => rewriteTag(name, attribs, deps) },
  });
}
