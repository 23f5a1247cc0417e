import { networkSide } from '../session';
import type { RequestContext, WebDeps } from './context';

export const countryText = (code: string, locale: 'fr' | 'en'): string => {
  try {
    const names = new Intl.DisplayNames([locale === 'fr' ? 'fr-FR' : 'en-GB'], {
      type: 'region',
      fallback: 'code',
    });
    return names.of(code) ?? code;
  } catch {
    return code; // a file of the operator may name what is no country
  }
};

/** Where an address is, as far as the site knows: its country, the ministry's network, itself. */
export function placeText(
  deps: Pick<WebDeps, 'safety'>,
  { site, locale, t }: Pick<RequestContext, 'site' | 'locale' | 't'>,
  remote: string,
): string {
  if (networkSide(site, remote) === 'inside') return t('security.inside', { address: remote });
  const country = deps.safety.countryOf(site.id, remote);
  if (country === undefined) return remote;
  return t('security.place', { country: countryText(country, locale), address: remote });
}

export const whenText = (
  deps: Pick<WebDeps, 'renderer'>,
  { site, locale }: Pick<RequestContext, 'site' | 'locale'>,
  iso: string,
): string => deps.renderer.formats(locale, site.timeZone).date(iso, 'long');
