import { setImmediate } from 'node:timers/promises';

/** Far more than can be shown is not held for being sorted. */
export const HELD = 20_000;
/** The loop is held no longer (ms): rules of a hostile calendar cost 0.1 s each. */
const HELD_MS = 20;
/** What takes longer in all (ms) is cut. */
const TAKEN_MS = 2_000;

/**
 * Time and room of one search, shared by groups that come one after the other: each may take an equal
 * part of what those before it left, so that nobody's calendar is cut for what is in another's.
 */
export class Shares {
  readonly #groups: number;
  #group = 0;
  #leftMs: number;
  #left = HELD;
  #spentMs = 0;
  #spent = 0;
  #last = performance.now();
  #turned = this.#last;

  constructor(groups: number, mostMs = TAKEN_MS) {
    this.#groups = Math.max(groups, 1);
    this.#leftMs = mostMs;
  }

  /** After reading: what others did meanwhile is not counted. */
  begin(): void {
    this.#last = performance.now();
    this.#turned = this.#last;
  }

  /** Whether a group has had its part; groups come in order. */
  isOver(group: number): boolean {
    if (group !== this.#group) {
      this.#leftMs -= this.#spentMs;
      this.#left -= this.#spent;
      [this.#group, this.#spentMs, this.#spent] = [group, 0, 0];
    }
    const others = Math.max(this.#groups - group, 1);
    return (
      this.#spentMs > this.#leftMs / others ||
      this.#spent > this.#left / others ||
      this.#leftMs <= 0
    );
  }

  /** Counts what the group at hand took since the last time, and lets others have their turn. */
  async spend(found: number): Promise<void> {
    const now = performance.now();
    this.#spentMs += now - this.#last;
    this.#spent += found;
    this.#last = now;
    if (now - this.#turned < HELD_MS) return;
    await setImmediate();
    this.begin();
  }
}
