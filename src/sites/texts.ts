import type { Site, SiteText } from './site';

type Locale = Site['locale'];

/** A site's text for a reader. */
export const siteText = (text: SiteText, locale: Locale): string =>
  typeof text === 'string' ? text : text[locale];

/** What a page shows of a site's support, in the reader's language. */
export function supportFor({ support }: Pick<Site, 'support'>, locale: Locale) {
  const { name, phone, mail, url, hours } = support;
  return {
    name: siteText(name, locale),
    phone,
    mail,
    url,
    hours: hours === undefined ? undefined : siteText(hours, locale),
  };
}
