import { escapeHtml } from '../base/html';
import { asciiDomain, displayAddress, type SigningOptions, signTarget } from '../mime';
import type { SiteReading } from '../sites';
import type { LinkClass } from './hooks';
import { decodeEntities, LINK } from './links';

/** Why a link leads over a page that tells where it goes. */
export type LeaveReason = 'outside' | 'suspect' | 'mismatch' | 'look-alike';

/** What is said before a link; `host` is where it really leads. */
export interface LinkNote {
  readonly kind: 'official' | 'suspect' | 'blocked' | 'mismatch' | 'look-alike';
  readonly host: string;
}

export interface LinkRules {
  /** What plugins say, by address. */
  readonly classes: Readonly<Record<string, LinkClass>>;
  /** The site's own lists and policy. */
  readonly links: SiteReading['links'] | undefined;
  readonly ownDomains: readonly string[];
  /** Signs the addresses of the page between; links are left direct without. */
  readonly leave: SigningOptions | undefined;
  note(of: LinkNote): string | undefined;
}

/** Beyond, text is not compared: what is not looked at leads over the page between. */
const MAX_COMPARED = 3_000;
const MAX_TEXT_CHARS = 400;
/** Beyond, links keep their text and lead nowhere: no honest message has as many, and each takes time. */
const MAX_LINKS = 5_000;

// A document's name is no address: `rapport.pdf`.
const FILES =
  /\.(?:pdf|docx?|od[tsp]|xlsx?|pptx?|zip|png|jpe?g|gif|html?|txt|csv|eml|ics|vcf|rtf|md|js|exe)$/i;
const HOST_TEXT =
  /^(?:https?:\/\/)?(?:[^\s@/]{1,100}@)?((?:[\p{L}\p{N}\p{M}_-]{1,63}\.){1,10}[\p{L}\p{M}]{2,24})\.?(?::\d{1,5})?(?:[/?#]|$)/u;

/**
 * Marks and redirects the links of a sanitised document: the word before one is ours, since mail has
 * no `data-` attributes. A blocked link keeps its text and leads nowhere.
 */
export function guardLinks(html: string, rules: LinkRules): string {
  let count = 0;
  return html.replace(LINK, (whole, href: string, at: number) => {
    if (count >= MAX_LINKS) return '<a data-link="blocked"';
    const url = decodeEntities(href);
    const host = webHost(url);
    if (host === undefined) return whole;
    count += 1;
    const text = count <= MAX_COMPARED ? textAt(html, at + whole.length) : undefined;
    const verdict = judge(url, host, text, rules);
    const { kind } = verdict;
    const words = kind === undefined ? undefined : rules.note({ kind, host });
    const note = words === undefined ? '' : `<b data-link-note="${kind}">${escapeHtml(words)}</b> `;
    if (kind === 'blocked') return `${note}<a data-link="blocked"`;
    const leave =
      verdict.reason && rules.leave && signTarget(rules.leave, `${verdict.reason} ${url}`);
    const mark = verdict.mark === undefined ? '' : ` data-link="${verdict.mark}"`;
    return `${note}${leave ? `<a href="${escapeHtml(leave)}"` : whole}${mark}`;
  });
}

interface Verdict {
  readonly kind?: LinkNote['kind'];
  readonly reason?: LeaveReason | undefined;
  readonly mark?: LinkClass;
}

function judge(url: string, host: string, text: string | undefined, rules: LinkRules): Verdict {
  const { links, classes } = rules;
  const said = Object.hasOwn(classes, url) ? classes[url] : undefined;
  if (isListed(host, links?.blocked) || said === 'blocked') return { kind: 'blocked' };
  const policy = links?.leave ?? 'never';
  const asks = policy === 'never' ? undefined : policy;
  if (isListed(host, links?.suspect) || said === 'suspect') {
    return { kind: 'suspect', mark: 'suspect', reason: asks && 'suspect' };
  }
  if (displayAddress({ name: '', mail: `x@${host}` }).punycode !== undefined) {
    return { kind: 'look-alike', mark: 'suspect', reason: asks && 'look-alike' };
  }
  const isOfficial =
    said === 'official' || isListed(host, links?.official) || isBelow(host, rules.ownDomains);
  const mark = said === undefined ? {} : { mark: said };
  if (text !== undefined && disagrees(text, host)) {
    return { kind: 'mismatch', ...mark, reason: isOfficial ? undefined : asks && 'mismatch' };
  }
  const isUnknown = policy === 'outside' || (text === undefined && asks !== undefined);
  return {
    ...(said === 'official' && { kind: 'official' as const }),
    ...mark,
    reason: isUnknown && !isOfficial ? 'outside' : undefined,
  };
}

/** Host of a web address in ASCII; `undefined` for what is none. */
export function webHost(url: string): string | undefined {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return undefined;
  return new URL(url).hostname.replace(/\.$/, '');
}

/** What a link says of itself, from behind its `href` on. */
function textAt(html: string, from: number): string {
  const open = html.indexOf('>', from);
  if (open < 0 || open - from > 2_000) return '';
  const inner = html.slice(open + 1, open + 1 + MAX_TEXT_CHARS);
  const end = inner.indexOf('</a>');
  const text = (end < 0 ? inner : inner.slice(0, end)).replace(/<[^>]*(?:>|$)/g, '');
  return decodeEntities(text)
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
    .trim();
}

/** Whether a text names a host, and another one than the link leads to. */
function disagrees(text: string, host: string): boolean {
  const named = HOST_TEXT.exec(text)?.[1];
  if (named === undefined) return false;
  if (!/^https?:\/\//i.test(text) && FILES.test(named)) return false;
  const shown = asciiDomain(`x@${named}`).replace(/^www\./, '');
  const real = host.replace(/^www\./, '');
  return shown !== real && !shown.endsWith(`.${real}`) && !real.endsWith(`.${shown}`);
}

const isBelow = (host: string, domains: readonly string[]): boolean =>
  domains.some((own) => host === own || host.endsWith(`.${own}`));

/** `.domain` of a list is all below it, and itself. */
const isListed = (host: string, list: readonly string[] = []): boolean =>
  list.some((one) =>
    one.startsWith('.') ? host === one.slice(1) || host.endsWith(one) : host === one,
  );

/** What the lists of a site say of a host. */
export function siteLinkClass(
  site: { readonly reading?: SiteReading },
  host: string,
): 'suspect' | 'blocked' | undefined {
  if (isListed(host, site.reading?.links.blocked)) return 'blocked';
  return isListed(host, site.reading?.links.suspect) ? 'suspect' : undefined;
}
