import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { didYouMean } from '../kernel/config-shape';
import type { Texts } from '../kernel/i18n-types';
import { readSkinTexts } from './skin-texts';
import type { Skin, Skins } from './skins';

/** Something in a skin that changes nothing: told, for nobody would notice. */
export interface SkinFault {
  readonly file: string;
  readonly message: string;
}

export interface SkinCheckInput {
  readonly skins: Skins;
  /** Plugins whose views and texts a skin may replace: id → folder of views. */
  readonly plugins: ReadonlyMap<string, string>;
  readonly texts: Pick<Texts, 'has'>;
  /** Every key there is, for the nearest name. */
  readonly textKeys: readonly string[];
}

/** Views and texts of skins that take the place of none, with the nearest name. */
export const checkSkins = (input: SkinCheckInput): readonly SkinFault[] =>
  input.skins.ids.flatMap((id) => {
    const [skin, ...parents] = input.skins.chain(id);
    if (!skin || parents.length === 0) return [];
    return [...viewFaults(skin, parents, input.plugins), ...textFaults(skin, input)];
  });

interface SkinView {
  /** As another view includes it. */
  readonly name: string;
  /** Below `skins/<id>/`. */
  readonly shown: string;
}

function viewFaults(
  skin: Skin,
  parents: readonly Skin[],
  plugins: ReadonlyMap<string, string>,
): readonly SkinFault[] {
  const own = viewsOf(skin);
  const known = new Set([
    ...parents.flatMap((parent) => viewsOf(parent).map(({ name }) => name)),
    ...[...plugins].flatMap(([id, dir]) => namesIn(dir).map((name) => `${id}/${name}`)),
  ]);
  return own
    .filter(({ name }) => !known.has(name) && !skin.includes.has(name))
    .map(({ name, shown }) => ({
      file: `skins/${skin.id}/${shown}`,
      message: `takes the place of no view, and no view of the skin includes it${didYouMean(name, known)}`,
    }));
}

function viewsOf(skin: Skin): readonly SkinView[] {
  const below = (folder: string): readonly SkinView[] =>
    namesIn(path.join(skin.dir, folder)).map((name) => ({
      name,
      shown: `${folder}/${name}.ejs`,
    }));
  return [...below('views'), ...below('plugins')];
}

/** Names of the views below a folder: `mail/row`. */
const namesIn = (dir: string): readonly string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ejs'))
        .map((name) => name.slice(0, -'.ejs'.length).split(path.sep).join('/'))
        .sort()
    : [];

function textFaults(skin: Skin, { texts, textKeys }: SkinCheckInput): readonly SkinFault[] {
  const catalogues = readSkinTexts(skin);
  return (['fr', 'en'] as const).flatMap((locale) =>
    Object.keys(catalogues[locale])
      .filter((key) => !texts.has(key.replace(PLURAL, ''), locale) && !texts.has(key, locale))
      .map((key) => ({
        file: `skins/${skin.id}/locales/${locale}.json`,
        message: `"${key}" takes the place of no text${didYouMean(key, textKeys)}`,
      })),
  );
}

const PLURAL = /_(?:zero|one|two|few|many|other)$/;
