import type { RequestHandler } from 'express';
import { newRequestId } from '../base/ids';
import { cspHeader, SHELL_CSP } from '../view';

/** Headers of every answer, errors included (threats X26). */
const ALWAYS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-DNS-Prefetch-Control': 'off',
  // Public pages of agents are for whoever was given their address.
  'X-Robots-Tag': 'noindex, nofollow',
  'Cache-Control': 'no-store',
};
/** Features of browsers that no page uses unless a plugin says so. */
const FEATURES = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
] as const;

/** `Permissions-Policy`: everything off but what `allowed` says, for `self` or origins. */
export function permissionsPolicy(allowed: Readonly<Record<string, readonly string[]>>): string {
  const list = (feature: string): string =>
    (allowed[feature] ?? []).map((one) => (one === 'self' ? one : `"${one}"`)).join(' ');
  return FEATURES.map((feature) => `${feature}=(${list(feature)})`).join(', ');
}

const ONE_YEAR_S = 31_536_000;

/** First in the chain: request id and security headers, so that no later failure lacks them. */
export function securityHeaders(options: { readonly isSecure: boolean }): RequestHandler {
  const shell = cspHeader(SHELL_CSP);
  const features = permissionsPolicy({});
  return (_req, res, next) => {
    res.setHeader('X-Request-Id', newRequestId());
    for (const [name, value] of Object.entries(ALWAYS)) res.setHeader(name, value);
    res.setHeader('Content-Security-Policy', shell);
    res.setHeader('Permissions-Policy', features);
    if (options.isSecure) {
      res.setHeader('Strict-Transport-Security', `max-age=${ONE_YEAR_S}; includeSubDomains`);
    }
    next();
  };
}
