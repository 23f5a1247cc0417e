/** A message body made safe for the framed document. */
export interface RenderedBody {
  readonly html: string;
  /** Remote images, backgrounds and the like that were not let through. */
  readonly blockedRemote: number;
  /** Those that are shown by way of the proxy. */
  readonly shownRemote: number;
  /** True when a limit cut the body: offer the original for download. */
  readonly truncated: boolean;
  /** True when the quoted tail was folded into `<details class="quoted">`. */
  readonly hasQuoted: boolean;
  /** Content-IDs of inline parts the body shows. */
  readonly usedCids: readonly string[];
  /** Of the remote images, those whose only use is to tell the sender that mail was read. */
  readonly trackers: number;
}
