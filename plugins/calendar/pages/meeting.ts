import { randomInt } from 'node:crypto';

/** Links in what somebody wrote, and those that lead to a meeting by video. Nobody is asked anything. */

const LINK = /https?:\/\/[^\s<>"'«»{}|\\^`]+/gi;
/** Signs that end a sentence rather than an address. */
const TRAILING = /[.,;:!?)\]]+$/;
const LINKS_MAX = 200;

/** Who runs a meeting, by the host of its address. */
const SERVICES: readonly (readonly [name: string, host: RegExp])[] = [
  ['Teams', /(?:^|\.)teams\.(?:microsoft|live)\.com$/],
  ['Zoom', /(?:^|\.)(?:zoom\.us|zoom\.com|zoomgov\.com)$/],
  ['Webex', /(?:^|\.)webex\.com$/],
  ['Google Meet', /^meet\.google\.com$/],
  ['Visio', /(?:^|\.)(?:visio|webconf|webinaire|rdv)[a-z0-9-]*\.(?:[a-z0-9-]+\.)*gouv\.fr$/],
  ['Jitsi', /(?:^|\.)(?:meet\.jit\.si|jitsi\.[a-z0-9.-]+|jitsi[a-z0-9-]*\.[a-z0-9.-]+)$/],
  ['BigBlueButton', /^(?:bbb|bigbluebutton)[a-z0-9-]*\.[a-z0-9.-]+$/],
];

export interface Piece {
  readonly text: string;
  /** `''` for what is no link. */
  readonly href: string;
}

/** A text cut where links begin and end. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    if (pieces.length >= LINKS_MAX) break;
    const href = match[0].replace(TRAILING, '');
    if (!webOf(href)) continue;
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), href: '' });
    pieces.push({ text: href, href });
    at = match.index + href.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), href: '' });
  return pieces;
}

/** The address of a page, in the only two schemes that a link may have. */
export function webOf(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The site's own service (`meeting` of its configuration). */
export type OwnMeeting = { readonly url: string; readonly title: string } | undefined;

/** 20 letters and digits: no two meetings have one, and nobody finds another's (116 bits). */
const NAME = 'abcdefghijklmnopqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const NAME_CHARS = 20;

/** A link to a meeting that nobody else has. */
export const newMeeting = ({ url }: NonNullable<OwnMeeting>): string =>
  url.replace('{random}', () =>
    Array.from({ length: NAME_CHARS }, () => NAME[randomInt(NAME.length)]).join(''),
  );

/** The meeting by video that texts lead to: the first of them wins. */
export function meetingOf(
  texts: readonly string[],
  own?: OwnMeeting,
): { readonly name: string; readonly href: string } | undefined {
  const ownHost = own && webOf(own.url.replace('{random}', 'x'))?.hostname.toLowerCase();
  for (const text of texts)
    for (const { href } of piecesOf(text)) {
      const host = href === '' ? undefined : webOf(href)?.hostname.toLowerCase();
      if (own && host !== undefined && host === ownHost) return { name: own.title, href };
      const known = host && SERVICES.find(([, pattern]) => pattern.test(host));
      if (known) return { name: known[0], href };
    }
  return undefined;
}
