import { pngOf, type Rgb } from './files';

/** Sky above and the ridges before it, in the light of a season. */
const SEASONS: readonly (readonly [sky: Rgb, far: Rgb, near: Rgb])[] = [
  [
    [236, 226, 206],
    [196, 140, 92],
    [128, 74, 52],
  ],
  [
    [214, 230, 240],
    [140, 170, 190],
    [70, 100, 124],
  ],
  [
    [222, 238, 222],
    [140, 184, 132],
    [62, 116, 84],
  ],
  [
    [206, 232, 240],
    [104, 170, 188],
    [24, 92, 112],
  ],
];

/** Two lines of hills under a sky, as a PNG; the same sides and seed give the same bytes. */
export function landscape(width: number, height: number, seed: number): Buffer {
  const [sky, far, near] = SEASONS[seed % SEASONS.length] ?? [
    [255, 255, 255],
    [128, 128, 128],
    [0, 0, 0],
  ];
  return pngOf(width, height, (x, y) => {
    const at = (x / height) * 2 + seed;
    const level = y / height;
    if (level > 0.72 + 0.1 * Math.sin(at * 0.9 + 2)) return near;
    if (level > 0.52 + 0.14 * Math.sin(at * 1.4)) return far;
    return sky.map((light) => light + (255 - light) * level * 0.8) as [number, number, number];
  });
}
