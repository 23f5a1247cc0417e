import { Buffer } from 'node:buffer';
import { type SigningOptions, signTarget, verifyTarget } from './signed-url';

/** What happens to images on other servers. `keep` is only for mail that we send ourselves. */
export type RemotePolicy =
  | { readonly mode: 'block' }
  | { readonly mode: 'keep' }
  | ({ readonly mode: 'proxy' } & SigningOptions);

export interface ImageOptions {
  /** Content-ID (without brackets) to the address of the part. */
  readonly cids: Readonly<Record<string, string>>;
  /** Leaves `cid:` addresses as they are: composing. */
  readonly keepCids: boolean;
  readonly remote: RemotePolicy;
}

/** Largest `data:` image kept; larger ones belong in a part of their own. */
const MAX_DATA_IMAGE_CHARS = 3 * 1024 * 1024;

const MAGIC: readonly (readonly [type: string, test: (head: Buffer) => boolean])[] = [
  ['image/png', (head) => head.subarray(0, 4).equals(Buffer.from('\x89PNG', 'latin1'))],
  ['image/jpeg', (head) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff],
  ['image/gif', (head) => /^GIF8[79]a/.test(head.toString('latin1'))],
  ['image/webp', (head) => /^RIFF[\s\S]{4}WEBP/.test(head.toString('latin1'))],
];

/** Decides where each image of one message may come from, and counts what it lets through. */
export class ImageResolver {
  blockedRemote = 0;
  shownRemote = 0;
  trackers = 0;
  readonly usedCids = new Set<string>();
  private readonly partUrls: ReadonlyMap<string, string>;

  constructor(private readonly options: ImageOptions) {
    this.partUrls = new Map(Object.entries(options.cids).map(([id, url]) => [url, id]));
  }

  /** The address an image may be loaded from instead of `raw`, or undefined. */
  resolve(raw: string): string | undefined {
    const url = cleanUrl(raw);
    const known = this.partUrls.get(url);
    if (known !== undefined) {
      this.usedCids.add(known);
      return url;
    }
    if (/^cid:/i.test(url)) return this.resolveCid(url.slice(4));
    if (/^data:/i.test(url)) return dataImage(url);
    if (this.isSigned(url)) return url;
    return isRemote(url) ? this.resolveRemote(url) : undefined;
  }

  /** Counts an address that was dropped with its element or attribute. */
  drop(raw: string | undefined): void {
    if (raw !== undefined && isRemote(cleanUrl(raw))) this.blockedRemote++;
  }

  /** Counts a remote image too small to be seen; true when `raw` is one and is refused. */
  isTracker(raw: string): boolean {
    if (this.options.remote.mode === 'keep' || !isRemote(cleanUrl(raw))) return false;
    this.trackers++;
    if (this.options.remote.mode === 'block') this.blockedRemote++;
    return true;
  }

  private resolveCid(reference: string): string | undefined {
    const id = decodeReference(reference);
    const url = Object.hasOwn(this.options.cids, id) ? this.options.cids[id] : undefined;
    if (url === undefined && !this.options.keepCids) return undefined;
    this.usedCids.add(id);
    return url ?? `cid:${encodeURIComponent(id).replaceAll('%40', '@')}`;
  }

  private resolveRemote(url: string): string | undefined {
    const { remote } = this.options;
    const absolute = absoluteUrl(url);
    if (absolute === undefined) {
      this.blockedRemote++;
      return undefined;
    }
    if (remote.mode === 'keep') return absolute;
    const signed = remote.mode === 'proxy' ? signTarget(remote, absolute) : undefined;
    if (signed === undefined) this.blockedRemote++;
    else this.shownRemote++;
    return signed;
  }

  /** An address this very rendering signed: sanitising twice changes nothing. */
  private isSigned(url: string): boolean {
    const { remote } = this.options;
    if (remote.mode !== 'proxy' || !url.startsWith(`${remote.prefix}?`)) return false;
    const query = Object.fromEntries(new URLSearchParams(url.slice(remote.prefix.length + 1)));
    const { key, sessionTag, expires } = remote;
    return verifyTarget({ key, sessionTag, now: expires }, query) !== undefined;
  }
}

/** As browsers read an address: without tabs, line ends, and outer controls or spaces. */
export const cleanUrl = (raw: string): string => raw.replace(/\p{Cc}/gu, '').trim();

/** An http or https address as browsers complete it, or undefined; see `isRemote`. */
export function absoluteUrl(url: string): string | undefined {
  const match = /^(https?:)?[\\/]{2}(?=[^\\/])/i.exec(url);
  return match ? `${match[1] ?? 'https:'}//${url.slice(match[0].length)}` : undefined;
}

/** Backslashes count: browsers read `https:\\host` and `\\host` like slashes. */
const isRemote = (url: string): boolean => /^(?:https?:|ftp:|[\\/]{2})/i.test(url);

function decodeReference(reference: string): string {
  try {
    return decodeURIComponent(reference).replace(/[<>]/g, '');
  } catch {
    return reference;
  }
}

/** A `data:` image whose bytes are what they must be, retyped by them; otherwise undefined. */
function dataImage(url: string): string | undefined {
  if (url.length > MAX_DATA_IMAGE_CHARS) return undefined;
  const comma = url.indexOf(',');
  if (comma < 0 || comma > 200 || !/;\s*base64\s*$/i.test(url.slice(0, comma))) return undefined;
  const data = url
    .slice(comma + 1)
    .replace(/%2b/gi, '+')
    .replace(/%2f/gi, '/')
    .replace(/%3d/gi, '=');
  const plain = data.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) return undefined;
  const head = Buffer.from(plain.slice(0, 32), 'base64');
  const type = MAGIC.find(([, test]) => test(head))?.[0];
  return type === undefined ? undefined : `data:${type};base64,${plain}`;
}
