import type { Site } from '../sites';

/**
 * Whether an address is in none of the ministry's domains, nor below one of them; without any
 * address or domain too: nobody of the ministry writes that way.
 */
export function isOutside(site: Pick<Site, 'mailDomains'>, mail: string | undefined): boolean {
  const domain = mail?.slice(mail.lastIndexOf('@') + 1).toLowerCase() ?? '';
  return !site.mailDomains.some((own) => domain === own || domain.endsWith(`.${own}`));
}
