import { COLOURS, type Colour } from '../store';

/** What programs draw for the names of our colours, which each skin shows in its own way. */
const SHOWN: Readonly<Record<Colour, string>> = {
  teal: '#00897B',
  blue: '#1E66D0',
  amber: '#F9A825',
  red: '#D32F2F',
  violet: '#7B3FBF',
  green: '#388E3C',
  grey: '#78828C',
};

type Rgb = readonly [number, number, number];

/** `#RRGGBB`, `#RGB` or, as Apple writes it, `#RRGGBBAA`. */
function rgbOf(text: string): Rgb | undefined {
  const [, hex] = /^#([0-9a-f]{6})(?:[0-9a-f]{2})?$/i.exec(text.trim()) ?? [];
  const [, r, g, b] = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text.trim()) ?? [];
  const six = hex ?? (r !== undefined ? `${r}${r}${g}${g}${b}${b}` : undefined);
  if (six === undefined) return undefined;
  const part = (at: number): number => Number.parseInt(six.slice(at, at + 2), 16);
  return [part(0), part(2), part(4)];
}

/** Where on the circle of colours it is, in degrees; undefined for greys. */
function hueOf([r, g, b]: Rgb): number | undefined {
  const most = Math.max(r, g, b);
  const chroma = most - Math.min(r, g, b);
  if (chroma < 32) return undefined;
  if (most === r) return (60 * ((g - b) / chroma) + 360) % 360;
  return most === g ? 60 * ((b - r) / chroma) + 120 : 60 * ((r - g) / chroma) + 240;
}

/** The colour of ours that is nearest on that circle; undefined for what is no colour. */
export function nearestColour(text: string): Colour | undefined {
  const wanted = rgbOf(text);
  if (!wanted) return undefined;
  const hue = hueOf(wanted);
  if (hue === undefined) return 'grey';
  const far = (colour: Colour): number => {
    const own = hueOf(rgbOf(SHOWN[colour]) ?? wanted);
    const away = Math.abs((own ?? 0) - hue);
    return own === undefined ? 360 : Math.min(away, 360 - away);
  };
  return [...COLOURS].sort((a, b) => far(a) - far(b))[0];
}

/** A program's own shade as long as the page shows the colour that it stands for. */
export const shownColour = (colour: Colour, kept: string | undefined): string =>
  kept !== undefined && nearestColour(kept) === colour ? kept : `${SHOWN[colour]}FF`;
