import type { Locale } from '../../kernel/i18n-types';
import type { Skin } from '../../view';

/** What the manifest of a site is made of. */
export interface ManifestParts {
  readonly title: string;
  readonly locale: Locale;
  readonly themeColor: string;
  /** Texts of the shortcuts. */
  readonly labels: { readonly compose: string; readonly mail: string };
  readonly icons: readonly ManifestIcon[];
}

/** An image of the site's, as `icons` of the manifest has it. */
export interface ManifestIcon {
  readonly src: string;
  readonly sizes: string;
  readonly type: string;
  readonly purpose?: 'maskable';
}

const PICTURES = [
  { file: 'icon-192.png', sizes: '192x192', type: 'image/png' },
  { file: 'icon-512.png', sizes: '512x512', type: 'image/png' },
  { file: 'icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
] as const;

const TYPES: Readonly<Record<string, string>> = {
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
};

/**
 * Images of a site by its skins, the most specific first. A skin with a logo of its own is never
 * shown by the pictures of the one below it.
 */
export function manifestIcons(
  chain: readonly Pick<Skin, 'id' | 'logo'>[],
  find: (skin: string, name: string) => string | undefined,
): readonly ManifestIcon[] {
  const [first] = chain;
  if (!first) return [];
  const at = chain.findIndex(({ logo }) => logo !== undefined);
  const below = at < 0 ? undefined : chain[at + 1];
  const pictures = PICTURES.flatMap(({ file, ...icon }) => {
    const src = find(first.id, file);
    const isOfBelow = below !== undefined && src === find(below.id, file);
    return src === undefined || isOfBelow ? [] : [{ src, ...icon }];
  });
  const logo = chain[at]?.logo ?? 'logo.svg';
  const src = find(first.id, logo);
  const type = TYPES[logo.split('.').at(-1)?.toLowerCase() ?? ''];
  return src === undefined || type === undefined
    ? pictures
    : [...pictures, { src, sizes: 'any', type }];
}

/** The manifest of a site (W3C Web Application Manifest): its pages as a program of their own. */
export const manifestOf = ({ title, locale, themeColor, labels, icons }: ManifestParts) => ({
  // Stays the same whatever page comes first one day: browsers know the program by it.
  id: '/',
  name: title,
  short_name: title,
  lang: locale,
  start_url: '/',
  scope: '/',
  display: 'standalone',
  theme_color: themeColor,
  background_color: themeColor,
  icons,
  shortcuts: [
    { name: labels.compose, url: '/compose' },
    { name: labels.mail, url: '/mail/me/INBOX' },
  ],
});
