/**
 * A baseline JPEG (ITU T.81) made of 8×8 tiles of one colour each: only the mean of a block is
 * coded, which keeps the encoder to a page while every decoder reads it.
 */
export function jpeg(width: number, height: number, seed = 0): Buffer {
  const bits = new BitWriter();
  const previous = [0, 0, 0];
  for (let y = 0; y < Math.ceil(height / 8); y++) {
    for (let x = 0; x < Math.ceil(width / 8); x++) {
      tile(x + seed, y).forEach((level, component) => {
        writeDifference(bits, level - (previous[component] ?? 0));
        previous[component] = level;
        bits.write(0, 1); // end of block: no detail
      });
    }
  }
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...new Array<number>(64).fill(8)]),
    segment(0xc0, [8, ...word(height), ...word(width), 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]),
    // Twelve categories of differences, all coded on four bits.
    segment(0xc4, [0x00, 0, 0, 0, 12, ...new Array<number>(12).fill(0), ...CATEGORIES]),
    segment(0xc4, [0x10, 1, ...new Array<number>(15).fill(0), 0]),
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    bits.end(),
    Buffer.from([0xff, 0xd9]),
  ]);
}

const CATEGORIES = Array.from({ length: 12 }, (_value, index) => index);

/** Y, Cb and Cr of a tile as quantised means (8 per step of the level shift). */
function tile(x: number, y: number): [number, number, number] {
  return [((x * 7 + y * 11) % 90) - 40, ((x * 3) % 40) - 10, ((y * 5) % 40) - 20];
}

function writeDifference(bits: BitWriter, difference: number): void {
  const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
  bits.write(size, 4);
  if (size > 0) bits.write(difference > 0 ? difference : difference + 2 ** size - 1, size);
}

const word = (value: number): number[] => [value >> 8, value & 255];

const segment = (marker: number, data: readonly number[]): Buffer =>
  Buffer.from([0xff, marker, ...word(data.length + 2), ...data]);

class BitWriter {
  private readonly bytes: number[] = [];
  private current = 0;
  private filled = 0;

  write(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit--) {
      this.current = (this.current << 1) | ((value >> bit) & 1);
      if (++this.filled === 8) this.push();
    }
  }

  end(): Buffer {
    while (this.filled !== 0) this.write(1, 1);
    return Buffer.from(this.bytes);
  }

  private push(): void {
    this.bytes.push(this.current);
    if (this.current === 0xff) this.bytes.push(0); // a marker must not appear by chance
    this.current = this.filled = 0;
  }
}
