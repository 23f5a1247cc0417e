import { manifestIcons, manifestOf } from '../../../src/web/installable/manifest';

const base = { id: 'base', logo: 'logo.svg' };
const OF_BASE = ['icon-192.png', 'icon-512.png', 'icon-maskable.png', 'logo.svg'];

/** Finds files by skin, through those that each stands on. */
const finder =
  (files: Readonly<Record<string, readonly string[]>>, order: readonly string[]) =>
  (skin: string, name: string): string | undefined => {
    const owner = order.slice(order.indexOf(skin)).find((id) => files[id]?.includes(name));
    return owner === undefined ? undefined : `/assets/${owner}.${name}`;
  };
const sources = (...of: Parameters<typeof manifestIcons>): readonly string[] =>
  manifestIcons(...of).map(({ src }) => src);

describe('images of an installed site', () => {
  it('are those of the skin, the drawn logo last', () => {
    const icons = manifestIcons([base], finder({ base: OF_BASE }, ['base']));

    expect(icons.map(({ sizes }) => sizes)).toEqual(['192x192', '512x512', '512x512', 'any']);
    expect(icons.filter(({ purpose }) => purpose === 'maskable')).toHaveLength(1);
    expect(icons.at(-1)).toEqual({
      src: '/assets/base.logo.svg',
      sizes: 'any',
      type: 'image/svg+xml',
    });
  });

  it('are never those of another ministry', () => {
    const chain = [{ id: 'sea', logo: 'sea.svg' }, base];
    const find = finder({ sea: ['sea.svg'], base: OF_BASE }, ['sea', 'base']);

    expect(sources(chain, find)).toEqual(['/assets/sea.sea.svg']);
  });

  it('come from below where a skin changes colours alone', () => {
    const find = finder({ dusk: [], base: OF_BASE }, ['dusk', 'base']);

    expect(sources([{ id: 'dusk' }, base], find)).toHaveLength(4);
  });

  it('are none where the logo is of a kind that cannot be named', () => {
    const find = finder({ odd: ['logo.bmp'] }, ['odd', 'base']);

    expect(sources([{ id: 'odd', logo: 'logo.bmp' }, { id: 'base' }], find)).toEqual([]);
  });
});

it('names the site in its language and stays within it', () => {
  const manifest = manifestOf({
    title: 'Messagerie des Saisons',
    locale: 'fr',
    themeColor: '#12333a',
    labels: { compose: 'Écrire', mail: 'Courrier' },
    icons: [],
  });

  expect(manifest).toMatchObject({
    id: '/',
    name: 'Messagerie des Saisons',
    lang: 'fr',
    scope: '/',
    display: 'standalone',
    theme_color: '#12333a',
  });
  expect(manifest.shortcuts.map(({ url }) => url)).toEqual(['/compose', '/mail/me/INBOX']);
});
