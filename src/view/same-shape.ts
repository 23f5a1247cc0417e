import { isPlain } from '../kernel/config-layer';

const MAX_DEPTH = 24;
const MAX_STEPS = 100_000;
/** Members that become addresses of links, forms and images. */
const ADDRESS = /(?:href|action|src|url|logo)$/i;
const LOCAL = /^\/(?![/\\])[^\s\p{Cc}\\]*$/u;

/**
 * Whether a page model may stand for another: same members, same types, lists of the same things,
 * and no address that leaves the site unless it was there before. Templates are written for one
 * shape, so anything else would fail in the middle of a page.
 */
export function isSameShape(value: unknown, before?: unknown): boolean {
  return isLike(value, before, {
    budget: { steps: MAX_STEPS },
    known: addressesOf(before),
    depth: 0,
    name: '',
  });
}

interface At {
  /** Comparisons left: a list against a list of lists must end. */
  readonly budget: { steps: number };
  readonly known: ReadonlySet<string>;
  readonly depth: number;
  readonly name: string;
}

function isLike(value: unknown, before: unknown, at: At): boolean {
  at.budget.steps -= 1;
  if (at.depth > MAX_DEPTH || at.budget.steps < 0) return false;
  if (value === before) return true;
  if (Array.isArray(before)) {
    return Array.isArray(value) && value.every((item) => isItemOf(before, item, at));
  }
  if (isPlain(before)) return isPlain(value) && isObjectLike(value, before, at);
  if (typeof value === 'string' && (typeof before === 'string' || before === undefined)) {
    return !ADDRESS.test(at.name) || LOCAL.test(value) || at.known.has(value);
  }
  return typeof value === typeof before && value !== null;
}

/** Items may go, move and be made anew, in the shape of one that is there. */
function isItemOf(before: readonly unknown[], item: unknown, at: At): boolean {
  const inside = { ...at, depth: at.depth + 1 };
  return before.includes(item) || before.some((model) => isLike(item, model, inside));
}

function isObjectLike(
  value: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>>,
  at: At,
): boolean {
  return (
    Object.keys(value).every((name) => Object.hasOwn(before, name)) &&
    Object.entries(before).every(([name, old]) =>
      isLike(value[name], old, { ...at, name, depth: at.depth + 1 }),
    )
  );
}

function addressesOf(model: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown, name: string, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    if (typeof value === 'string' && ADDRESS.test(name)) found.add(value);
    if (Array.isArray(value)) for (const item of value) visit(item, name, depth + 1);
    if (isPlain(value)) for (const key of Object.keys(value)) visit(value[key], key, depth + 1);
  };
  visit(model, '', 0);
  return found;
}
