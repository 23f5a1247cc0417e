/** Directives and their sources; plugins may add sources, never remove (architecture.md 8). */
export type Csp = Readonly<Record<string, readonly string[]>>;

/** App shell: nothing inline, so no nonce is needed. */
export const SHELL_CSP: Csp = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'worker-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'font-src': ["'self'"],
  'frame-src': ["'self'"],
  'manifest-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** Message body: holds without the sanitiser. Only links may leave, in a new tab. */
export const bodyFrameCsp = (imageOrigin: string): string =>
  [
    'sandbox allow-popups allow-popups-to-escape-sandbox',
    "default-src 'none'",
    `img-src data: ${imageOrigin}`,
    "style-src 'unsafe-inline'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ].join('; ');

/** Bytes of a message or an upload: never executed, whatever they are. */
export const BYTES_CSP = "sandbox; default-src 'none'";

/** What a plugin may widen; script and style stay ours. */
export const WIDENABLE_CSP = [
  'img-src',
  'connect-src',
  'frame-src',
  'media-src',
  'form-action',
] as const;
const WIDENABLE: ReadonlySet<string> = new Set(WIDENABLE_CSP);

// A space or a `;` inside a source would start another source or another directive.
const isOneSource = (source: string): boolean => /^[^\s;,]+$/.test(source);

/** Adds declared sources to the shell's policy; anything not widenable is ignored. */
export function widenCsp(base: Csp, extra: Readonly<Record<string, readonly string[]>>): Csp {
  const merged: Record<string, readonly string[]> = { ...base };
  for (const [directive, sources] of Object.entries(extra)) {
    if (!WIDENABLE.has(directive)) continue;
    const added = sources.filter(isOneSource);
    if (added.length > 0) merged[directive] = [...new Set([...(base[directive] ?? []), ...added])];
  }
  return merged;
}

export const cspHeader = (csp: Csp): string =>
  Object.entries(csp)
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ');
