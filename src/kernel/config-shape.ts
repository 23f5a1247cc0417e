import { z } from 'zod';
import { isPlain } from './config-layer';

/** The parts of a JSON Schema that messages and documents use. */
export interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
}

/** What a schema accepts, as data: the input side, before defaults. */
export const shapeOf = (schema: z.ZodType): Shape =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;

const alternatives = (shape: Shape): readonly Shape[] => shape.anyOf ?? shape.oneOf ?? [shape];

/** The shapes a value at `path` may have; more than one below a union. */
export function shapesAt(shape: Shape, path: readonly PropertyKey[]): readonly Shape[] {
  const [key, ...rest] = path;
  if (key === undefined) return alternatives(shape);
  return alternatives(shape).flatMap((option) => {
    const inner =
      typeof key === 'number'
        ? option.items
        : (option.properties?.[String(key)] ?? option.additionalProperties);
    return typeof inner === 'object' ? shapesAt(inner, rest) : [];
  });
}

/** Of several shapes, those that a value says itself to be: by its `kind`, or whatever else is constant. */
export function shapesOf(shapes: readonly Shape[], value: unknown): readonly Shape[] {
  if (!isPlain(value)) return shapes;
  const fits = ({ properties = {} }: Shape): boolean =>
    Object.entries(properties).every(
      ([key, inner]) => !('const' in inner) || value[key] === inner.const,
    );
  const own = shapes.filter(fits);
  return own.length > 0 ? own : shapes;
}

/** `integer 1–65535`, `text`, `one of "tls", "none"`: what to write in a message or a table. */
export function describeShapes(shapes: readonly Shape[]): string {
  const constants = shapes.flatMap(
    (shape) => shape.enum ?? ('const' in shape ? [shape.const] : []),
  );
  const others = shapes.filter((shape) => !shape.enum && !('const' in shape)).map(describeType);
  if (constants.length > 0) others.unshift(describeConstants(constants));
  return [...new Set(others)].join(' or ');
}

function describeConstants(constants: readonly unknown[]): string {
  const list = [...new Set(constants.map((value) => JSON.stringify(value)))].join(', ');
  return constants.length === 1 ? list : `one of ${list}`;
}

function describeType(shape: Shape): string {
  switch (shape.type) {
    case 'integer':
    case 'number':
      return `${shape.type}${describeRange(shape)}`;
    case 'string':
      return describeText(shape);
    case 'boolean':
      return 'true or false';
    case 'array':
      return `list of ${shape.items ? describeShapes(alternatives(shape.items)) : 'values'}`;
    case 'object':
      return 'object';
    default:
      return 'value';
  }
}

function describeText({ format, minLength = 0 }: Shape): string {
  if (format === 'date') return 'a day as 2026-09-01';
  if (minLength > 1) return `text of at least ${minLength} characters`;
  return minLength === 1 ? 'text that is not empty' : 'text';
}

// Beyond this zod means "any safe integer", which is no limit worth telling.
const isTold = (limit: number | undefined): limit is number =>
  limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;

function describeRange(shape: Shape): string {
  const { minimum, maximum } = shape;
  if (isTold(minimum) && isTold(maximum)) return ` ${minimum}–${maximum}`;
  if (isTold(minimum)) return ` of at least ${minimum}`;
  return isTold(maximum) ? ` of at most ${maximum}` : '';
}

/** The known name nearest to a wrong one, if near enough to be a slip of the hand. */
export function nearest(wrong: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wrong.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** `; did you mean "…"?`, to end a message that names a wrong one; empty when none is near. */
export const didYouMean = (wrong: string, known: Iterable<string>): string =>
  suggestion(nearest(wrong, known));

/** As {@link didYouMean}, of a name that was found otherwise. */
export const suggestion = (near: string | undefined): string =>
  near === undefined ? '' : `; did you mean "${near}"?`;

const NAME_MAX = 60;

function editDistance(a: string, b: string): number {
  if (a.length > NAME_MAX || b.length > NAME_MAX) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
