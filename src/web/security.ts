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
  'Permissions-Policy':
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()',
  'Cache-Control': 'no-store',
};
const ONE_YEAR_S = 31_536_000;

/** First in the chain: request id and security headers, so that no later failure lacks them. */
export function securityHeaders(options: { readonly isSecure: boolean }): RequestHandler {
  const shell = cspHeader(SHELL_CSP);
  return (_req, res, next) => {
    res.setHeader('X-Request-Id', newRequestId());
    for (const [name, value] of Object.entries(ALWAYS)) res.setHeader(name, value);
    res.setHeader('Content-Security-Policy', shell);
    if (options.isSecure) {
      res.setHeader('Strict-Transport-Security', `max-age=${ONE_YEAR_S}; includeSubDomains`);
    }
    next();
  };
}
