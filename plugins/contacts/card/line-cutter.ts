/** A line of a file, with what ends it. */
export interface FileLine {
  readonly text: string;
  /** Longer than anybody wants to hold: `text` is empty. */
  readonly isTooLong: boolean;
}

/** Lines of a text that comes in pieces, cut wherever they may be. */
export interface LineCutter {
  push(piece: string): Generator<FileLine>;
  /** What stands behind the last line break. */
  end(): Generator<FileLine>;
}

/** Holds one unfinished line, and none of more than so many characters. */
export function createLineCutter(maxChars: number): LineCutter {
  let parts: string[] = [];
  let chars = 0;
  function line(): FileLine {
    const isTooLong = chars > maxChars;
    const text = isTooLong ? '' : parts.join('');
    parts = [];
    chars = 0;
    return { text, isTooLong };
  }
  function hold(part: string): void {
    chars += part.length;
    if (chars > maxChars) parts = [];
    else if (part !== '') parts.push(part);
  }
  return {
    *push(piece) {
      let at = 0;
      for (let next = piece.indexOf('\n'); next >= 0; next = piece.indexOf('\n', at)) {
        hold(piece.slice(at, next + 1));
        at = next + 1;
        yield line();
      }
      hold(piece.slice(at));
    },
    *end() {
      if (chars > 0) yield line();
    },
  };
}
