/** Uids of a mailbox in the order of a list, and the state of the mailbox it was right for. */
export interface Order {
  readonly uids: Uint32Array;
  readonly uidNext: number;
  /** Messages in the whole mailbox, whatever the criteria; not a number where that is unknown. */
  readonly exists: number;
  readonly modseq: bigint | undefined;
}

/** Index in an ascending list, or -1. */
export function indexOfSorted(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle] ?? 0;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * The order without `gone`. Whether it counted those that it does not list (a filter, mail that came
 * since, what another client had already removed) nobody can tell: the count is then unknown, which
 * is equal to no count of the server, and the next list asks which messages there are.
 */
export function withoutUids(order: Order, gone: ReadonlySet<number>): Order {
  const uids = order.uids.filter((uid) => !gone.has(uid));
  const listed = order.uids.length - uids.length;
  return { ...order, uids, exists: listed === gone.size ? order.exists - listed : Number.NaN };
}

/** The order with only what is still alive; `alive` ascends. */
export function onlyAlive(order: Order, alive: Uint32Array): Order {
  const uids = order.uids.filter((uid) => indexOfSorted(alive, uid) >= 0);
  return { ...order, uids, exists: alive.length };
}

/** Sorts the given uids in the order of the list; the server's SORT limited to them. */
export type SortFew = (uids: readonly number[]) => Promise<Uint32Array>;

interface Place {
  readonly uid: number;
  /** Inserted before what now stands at an index in [low, high]. */
  low: number;
  high: number;
}

// About 2 kB of command line; two rounds place a message among 100,000, one does at the ends.
const PROBES = 256;

/**
 * Places new uids in a list without sorting it again: the server orders them among samples of
 * the list, then among all that stand between the two nearest samples. No key of ours has to
 * agree with the server's collation.
 */
export async function insertSorted(
  uids: Uint32Array,
  added: readonly number[],
  sortFew: SortFew,
): Promise<Uint32Array> {
  const places = added.map((uid): Place => ({ uid, low: 0, high: uids.length }));
  let ranked = places;
  for (let open = places; open.length > 0; open = places.filter((p) => p.low < p.high)) {
    const probes = pickProbes(uids, open);
    const sorted = await sortFew([...added, ...probes.map((index) => uids[index] ?? 0)]);
    const gone = goneOf(probes, uids, sorted);
    // Removed elsewhere meanwhile: they tell no place, and would be asked about for ever.
    if (gone.size > 0) {
      const there = uids.filter((uid) => !gone.has(uid));
      return insertSorted(there, added, sortFew);
    }
    ranked = narrow(places, uids, probes, sorted);
  }
  return merge(uids, ranked);
}

/** Samples that the server no longer has. */
function goneOf(
  probes: readonly number[],
  uids: Uint32Array,
  sorted: Uint32Array,
): ReadonlySet<number> {
  const there = new Set(sorted);
  return new Set(probes.map((index) => uids[index] ?? 0).filter((uid) => !there.has(uid)));
}

/** Indexes of samples: everything in a short span, evenly spread ones in a long span. */
function pickProbes(uids: Uint32Array, open: readonly Place[]): number[] {
  const share = Math.max(8, Math.floor(PROBES / open.length));
  const probes = new Set<number>();
  for (const { low, high } of open) {
    const span = high - low;
    const step = span <= share * 2 ? 1 : span / share;
    for (let at = low; at < high; at += step) probes.add(Math.floor(at));
    // New mail belongs to one of the ends: close the gap there in the first round.
    probes.add(Math.min(low + 1, uids.length - 1)).add(high - 1);
  }
  return [...probes].filter((index) => index >= 0 && index < uids.length);
}

/** Tightens each place to the samples around it; returns places in the server's order. */
function narrow(
  places: readonly Place[],
  uids: Uint32Array,
  probes: readonly number[],
  sorted: Uint32Array,
): Place[] {
  const indexOf = new Map(probes.map((index) => [uids[index] ?? 0, index]));
  const placeOf = new Map(places.map((place) => [place.uid, place]));
  const ranked: Place[] = [];
  let before = -1;
  let waiting: Place[] = [];
  for (const uid of sorted) {
    const place = placeOf.get(uid);
    const probe = indexOf.get(uid);
    if (place) {
      place.low = Math.max(place.low, before + 1);
      ranked.push(place);
      waiting.push(place);
    } else if (probe !== undefined) {
      for (const one of waiting) one.high = Math.min(one.high, probe);
      waiting = [];
      before = Math.max(before, probe);
    }
  }
  // A list that is not what the server now thinks (a changed Date cannot happen, a broken server
  // can): settle rather than search for ever.
  for (const place of places) if (place.high < place.low) place.high = place.low;
  settleUnplaced(places, ranked);
  return ranked;
}

/** New messages that vanished meanwhile are in no answer: they are left out. */
function settleUnplaced(places: readonly Place[], ranked: readonly Place[]): void {
  const known = new Set(ranked);
  for (const place of places) if (!known.has(place)) place.high = place.low;
}

function merge(uids: Uint32Array, ranked: readonly Place[]): Uint32Array {
  const result = new Uint32Array(uids.length + ranked.length);
  let from = 0;
  let to = 0;
  for (const place of [...ranked].sort((a, b) => a.low - b.low)) {
    const slice = uids.subarray(from, place.low);
    result.set(slice, to);
    to += slice.length;
    from = place.low;
    result[to++] = place.uid;
  }
  result.set(uids.subarray(from), to);
  return result;
}
