const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The headers by which a browser says where a request comes from. */
export interface RequestOrigin {
  readonly method: string;
  readonly origin?: string | undefined;
  readonly referer?: string | undefined;
  readonly secFetchSite?: string | undefined;
  /** `https://host[:port]`, of the site that answers. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Whether a request may change something, by its origin; the token is checked as well. Our own
 * `Referrer-Policy: no-referrer` makes browsers send `Origin: null` with forms (Fetch, "append a
 * request Origin header"): then `Sec-Fetch-Site`, which no script can set, has to vouch for it.
 * Requests without any of the three headers come from no browser and stand by their token.
 */
export function checkRequestOrigin(request: RequestOrigin): boolean {
  const { method, origin, referer, secFetchSite, allowedOrigins } = request;
  if (SAFE_METHODS.has(method.toUpperCase())) return true;
  // `none` is a reload or a restored tab, started by the person.
  if (secFetchSite !== undefined && !['same-origin', 'none'].includes(secFetchSite)) return false;
  if (origin === 'null') return secFetchSite === 'same-origin';
  if (origin !== undefined) return allowedOrigins.includes(origin.toLowerCase());
  if (referer !== undefined) return allowedOrigins.includes(originOf(referer) ?? '');
  return true;
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
