import { err, ok, type Result } from '../../../base/result';
import { ENABLED } from '../../../enabling';
import { describeShapes, type Shape, shapeOf, shapesAt } from '../../../kernel/config-shape';
import type { AdminValueField } from '../../pages/admin';
import type { AdminCall } from './access';

const BOOLEAN: Shape = { type: 'boolean' };

/** The shapes that a path of a plugin takes; none for what no schema knows. */
function shapesOf({ deps }: Pick<AdminCall, 'deps'>, path: string): readonly Shape[] {
  const [id = '', ...keys] = path.split('.');
  if (keys.join('.') === ENABLED) return [BOOLEAN];
  const schema = deps.admin.installed.find((plugin) => plugin.id === id)?.schema;
  return schema ? shapesAt(shapeOf(schema), keys) : [];
}

function kindOf(shapes: readonly Shape[]): AdminValueField['kind'] {
  const [only] = shapes;
  if (!only || shapes.length > 1) return 'json';
  if (only.enum?.every((value) => typeof value === 'string')) return 'choice';
  switch (only.type) {
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
      return 'text';
    case 'array':
      return only.items?.type === 'string' ? 'lines' : 'json';
    default:
      return 'json';
  }
}

/**
 * The field in which an administrator types the value of a path, filled with the one in force, or
 * with what they typed.
 */
export function valueField(
  call: AdminCall,
  path: string,
  value: unknown,
  typed?: string,
): AdminValueField {
  const shapes = shapesOf(call, path);
  const kind = kindOf(shapes);
  const [shape] = shapes;
  const isBounded = (limit: number | undefined): limit is number =>
    limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  return {
    kind,
    value: typed ?? textFor(kind, value),
    isChecked: value === true,
    options: (shape?.enum ?? []).map((option) => ({
      value: String(option),
      label: String(option),
      isSelected: typed === undefined ? option === value : String(option) === typed,
    })),
    min: isBounded(shape?.minimum) ? shape.minimum : undefined,
    max: isBounded(shape?.maximum) ? shape.maximum : undefined,
    step: shape?.type === 'number' ? 'any' : undefined,
    help: [
      kind === 'lines' ? call.ctx.t('admin.configuration.lines') : '',
      shape?.description,
      kind === 'boolean' ? '' : describeShapes(shapes),
    ]
      .filter(Boolean)
      .join(' · '),
  };
}

function textFor(kind: AdminValueField['kind'], value: unknown): string {
  if (kind === 'boolean') return 'true';
  if (value === undefined) return '';
  if (kind === 'lines' && Array.isArray(value)) return value.map(String).join('\n');
  if (kind === 'json' || kind === 'lines') return JSON.stringify(value, null, 2);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * A typed value from the text of a form; what does not read as the type stays text, so that the
 * domain says what it expected. An error only where the text is no JSON.
 */
export function parseValue(
  call: Pick<AdminCall, 'deps'>,
  path: string,
  text: string,
): Result<unknown, { readonly expected: string; readonly found: string }> {
  switch (kindOf(shapesOf(call, path))) {
    case 'boolean':
      return ok(text === 'true' ? true : text === 'false' || text === '' ? false : text);
    case 'number':
      return ok(/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text);
    case 'text':
    case 'choice':
      return ok(text);
    case 'lines':
      return ok(
        text
          .split(/\r?\n/)
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      );
    case 'json':
      try {
        return ok(JSON.parse(text) as unknown);
      } catch {
        return err({ expected: 'JSON', found: text.slice(0, 60) });
      }
  }
}

const DEPTH_MAX = 3;

/** Every path of a plugin that an administrator may set, `enabled` first. */
export function pathsOf({ deps }: Pick<AdminCall, 'deps'>, plugin: string): readonly string[] {
  const schema = deps.admin.installed.find(({ id }) => id === plugin)?.schema;
  const below = (shape: Shape, keys: readonly string[]): string[] =>
    shapesAt(shape, keys).flatMap(({ properties }) =>
      Object.keys(properties ?? {}).flatMap((key) => {
        const inner = [...keys, key];
        return [inner.join('.'), ...(inner.length < DEPTH_MAX ? below(shape, inner) : [])];
      }),
    );
  const settings = schema ? below(shapeOf(schema), []) : [];
  return [ENABLED, ...settings].map((key) => `${plugin}.${key}`);
}
