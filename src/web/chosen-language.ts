import type { Request } from 'express';
import type { Locale } from '../kernel/i18n-types';
import type { WebDeps } from './context';
import { readCookie } from './cookies';

/** The language that was chosen on the sign-in page of this browser; none where nobody chose. */
export function chosenLanguage(
  { config }: Pick<WebDeps, 'config'>,
  req: Request,
): Locale | undefined {
  const known = readCookie(req, 'lang', config.isSecure);
  return known === 'fr' || known === 'en' ? known : undefined;
}
