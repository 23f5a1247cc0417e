import type { z } from 'zod';
import type { Denial, DenialList, HookDefinition } from './hook-types';

/** Code of the denial that stands for a guard that failed. */
export const GUARD_FAILED = 'guard-failed';

const DENIAL_CODE = /^[a-z][a-z0-9-]{0,63}$/;

/** A hook's check from the shape of what handlers answer. */
export const fits =
  (shape: z.ZodType) =>
  (value: unknown): boolean =>
    shape.safeParse(value).success;

/** Result check of a filter: the hook's own, else the shape of the value that it replaces. */
export function acceptsFiltered(
  definition: HookDefinition,
  current: unknown,
): (value: unknown) => boolean {
  const check = definition.check ?? ((value) => hasShapeOf(current, value));
  return (value) => value === undefined || check(value, current);
}

export function acceptsAnswer(definition: HookDefinition): (value: unknown) => boolean {
  return (value) => isNothing(value) || (definition.check?.(value) ?? true);
}

export function acceptsItems(definition: HookDefinition): (value: unknown) => boolean {
  const { check } = definition;
  return (value) =>
    isNothing(value) || (Array.isArray(value) && (!check || value.every((item) => check(item))));
}

/** A guard answers nothing or a well-formed denial; all else (true, false, a string) is a failure. */
export const acceptsDenial = (value: unknown): boolean => isNothing(value) || isDenial(value);

/** Handlers that have no answer say `undefined`; plain JavaScript often says `null`. */
export const isNothing = (value: unknown): value is undefined | null =>
  value === undefined || value === null;

export function isDenial(value: unknown): value is Denial {
  if (typeof value !== 'object' || value === null) return false;
  const denial: Partial<Record<keyof Denial, unknown>> = value;
  return (
    denial.deny === true &&
    typeof denial.code === 'string' &&
    DENIAL_CODE.test(denial.code) &&
    isOptional(denial.message, 'string') &&
    isOptional(denial.field, 'string') &&
    isOptional(denial.confirm, 'boolean') &&
    (denial.offer === undefined || denial.offer === 'hide-copies') &&
    (denial.lists === undefined || areLists(denial.lists)) &&
    (denial.values === undefined || isTextValues(denial.values))
  );
}

/** A copy with the fields we know, so that nothing else travels towards a page. */
export function toDenial(denial: Denial, plugin: string): Denial & { readonly plugin: string } {
  const { code, message, values, field, confirm, lists, offer } = denial;
  return {
    plugin,
    deny: true,
    code,
    ...(message !== undefined && { message }),
    ...(values !== undefined && { values: { ...values } }),
    ...(field !== undefined && { field }),
    ...(confirm !== undefined && { confirm }),
    ...(offer !== undefined && { offer }),
    ...(lists !== undefined && { lists: lists.map(toList) }),
  };
}

const toList = ({ label, values, isWarning, items }: DenialList): DenialList => ({
  label,
  ...(values !== undefined && { values: { ...values } }),
  ...(isWarning !== undefined && { isWarning }),
  items: [...items],
});

// More than anybody reads before a click.
const MAX_LISTS = 10;
const MAX_ITEMS = 100;
const MAX_ITEM_CHARS = 500;

function areLists(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > MAX_LISTS) return false;
  return value.every((one: unknown) => {
    if (typeof one !== 'object' || one === null) return false;
    const list: Partial<Record<keyof DenialList, unknown>> = one;
    return (
      typeof list.label === 'string' &&
      isOptional(list.isWarning, 'boolean') &&
      (list.values === undefined || isTextValues(list.values)) &&
      Array.isArray(list.items) &&
      list.items.length <= MAX_ITEMS &&
      list.items.every((item) => typeof item === 'string' && item.length <= MAX_ITEM_CHARS)
    );
  });
}

/** What a text may be filled with. */
export const isTextValues = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((one) => typeof one === 'string' || typeof one === 'number');

const isOptional = (value: unknown, type: string): boolean =>
  value === undefined || (typeof value === type && value !== null);

/** Catches rubbish where a hook declares no check: a number in place of a list. */
function hasShapeOf(model: unknown, value: unknown): boolean {
  if (isNothing(model)) return true;
  if (isNothing(value)) return false;
  return typeof model === typeof value && Array.isArray(model) === Array.isArray(value);
}
