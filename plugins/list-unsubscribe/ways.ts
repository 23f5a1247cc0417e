import { type Field, valuesOf, withoutComments } from './fields';
import { isSigned } from './signature';

const MAX_ADDRESSES = 10;
const MAX_URL_CHARS = 2_000;
const MAX_SUBJECT = 200;
const MAX_TEXT = 1_000;

/** How a list can be left. */
export type Way =
  /** The platform asks the server of the list, for the person (RFC 8058). */
  | { readonly kind: 'one-click'; readonly url: string; readonly to: string }
  /** A message of the person. */
  | { readonly kind: 'mail'; readonly to: string; readonly subject: string; readonly text: string }
  /** A page that the person opens. */
  | { readonly kind: 'link'; readonly url: string; readonly to: string };

export interface WayRules {
  readonly authservIds: readonly string[];
  readonly requireDkim: boolean;
}

function webAddress(text: string): { readonly url: string; readonly to: string } | undefined {
  if (!/^https:/i.test(text) || text.length > MAX_URL_CHARS || !URL.canParse(text))
    return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || !url.hostname.includes('.')) return undefined;
  url.hash = '';
  return { url: url.href, to: url.hostname };
}

const oneLine = (text: string, max: number): string => text.replace(/\p{Cc}+/gu, ' ').slice(0, max);

/** One recipient, a subject, a text; anything else that the address asks for is left out. */
function mailAddress(text: string): Extract<Way, { kind: 'mail' }> | undefined {
  if (!/^mailto:/i.test(text) || text.length > MAX_URL_CHARS || !URL.canParse(text))
    return undefined;
  const url = new URL(text);
  try {
    const to = decodeURIComponent(url.pathname);
    if (!/^[^\s<>@,;:"()[\]\\\p{Cc}]{1,64}@[\p{L}\p{N}.-]{3,253}$/u.test(to)) return undefined;
    // A plus sign is a plus sign there (RFC 6068), which URLSearchParams would make a space.
    const query = new URLSearchParams(url.search.replaceAll('+', '%2B'));
    const subject = oneLine(query.get('subject') ?? '', MAX_SUBJECT).trim();
    return {
      kind: 'mail',
      to,
      subject: subject === '' ? 'unsubscribe' : subject,
      text: (query.get('body') ?? '').slice(0, MAX_TEXT),
    };
  } catch {
    return undefined; // a percent sign that announces nothing
  }
}

/**
 * How the list of a message can be left, the surest way first: one click when headers and signature
 * allow it, else a message, else a page. `undefined`: no way that can be used.
 */
export function wayOut(fields: readonly Field[], rules: WayRules): Way | undefined {
  const values = valuesOf(fields, 'List-Unsubscribe');
  const [value] = values;
  // Of two fields one was added on the way: neither is to be believed.
  if (value === undefined || values.length > 1) return undefined;
  const addresses = [...withoutComments(value).matchAll(/<([^<>]*)>/g)]
    .slice(0, MAX_ADDRESSES)
    .map(([, address = '']) => address.replace(/\s+/g, ''));
  const web = addresses.map(webAddress).find((found) => found !== undefined);
  const posts = valuesOf(fields, 'List-Unsubscribe-Post');
  const isOneClick = posts.length === 1 && posts[0] === 'List-Unsubscribe=One-Click';
  if (web && isOneClick && (!rules.requireDkim || isSigned(fields, rules.authservIds))) {
    return { kind: 'one-click', ...web };
  }
  const mail = addresses.map(mailAddress).find((found) => found !== undefined);
  return mail ?? (web && { kind: 'link', ...web });
}

/** What a list is known by: its `List-Id`, else where it is left. */
export function listOf(fields: readonly Field[], way: Way): string {
  const [id = ''] = valuesOf(fields, 'List-Id');
  const [, inner] = /<([^<>]{1,255})>\s*$/.exec(id) ?? [];
  return (inner ?? way.to).trim().toLowerCase();
}
