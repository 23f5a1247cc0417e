import { type DavElement, davChild, davChildren } from 'estafette/plugin';
import {
  type Component,
  type Property,
  parseCalendar,
  propertiesOf,
  ruleTextOf,
} from '../ics/jcal';
import { IcsError } from '../ics/types';
import type { Walk } from '../store';
import type { Zone } from '../time/zone';
import { COMPONENTS } from './kept';
import { C } from './names';
import { type Range, rangeOf } from './range';
import { partsIn } from './taking';
import { isInRange, momentIn, type Reading } from './times';

/** A filter that cannot be applied: which precondition of RFC 4791 7.8 it misses. */
export class FilterRefused extends Error {
  constructor(readonly condition: 'valid-filter' | 'supported-filter' | 'supported-collation') {
    super(condition);
  }
}

/** What a query asks of an object. */
export interface Filter {
  /** Undefined: all that the walk gives are wanted. */
  readonly isWanted: ((text: string) => boolean) | undefined;
  /** What the store may leave out without reading it. */
  readonly which: Walk;
}

type ComponentTest = (
  components: readonly Component[],
  reading: Reading,
  parent?: Component,
) => boolean;
type PropertyTest = (component: Component, reading: Reading) => boolean;
type TextTest = (text: string) => boolean;

const MAX_TESTS = 100;
const MAX_DEPTH = 4;

/** What a `filter` of a query asks (RFC 4791 9.7). Throws {@link FilterRefused}. */
export function filterOf(filter: DavElement | undefined, zone: Zone): Filter {
  const [root, ...others] = filter?.children ?? [];
  if (!root || others.length > 0 || nameOf(root) !== 'vcalendar') {
    throw new FilterRefused('valid-filter');
  }
  const budget = { left: MAX_TESTS };
  const test = componentTest(root, budget, 1);
  const [kind, ...more] = davChildren(root, C('comp-filter'));
  const isPlain =
    root.children.length === 0 || (kind && isKindAlone(kind) && root.children.length === 1);
  return {
    isWanted: isPlain
      ? undefined
      : (text) => {
          try {
            const calendar = parseCalendar(text);
            return test([calendar], { calendar, zone, parts: partsIn(calendar) });
          } catch (error) {
            // What was written by an older version is left alone.
            if (error instanceof IcsError) return false;
            throw error;
          }
        },
    which: more.length > 0 ? {} : narrowing(kind),
  };
}

const nameOf = ({ attributes }: DavElement): string => (attributes['name'] ?? '').toLowerCase();
const isKindAlone = (kind: DavElement): boolean =>
  kind.children.length === 0 && COMPONENTS.some((name) => name.toLowerCase() === nameOf(kind));

/** Of one kind of component and one range the store knows where they are not. */
function narrowing(kind: DavElement | undefined): Walk {
  if (!kind || davChild(kind, C('is-not-defined'))) return {};
  const component = COMPONENTS.find((name) => name.toLowerCase() === nameOf(kind));
  const time = davChild(kind, C('time-range'));
  const between = time && rangeOf(time);
  return { ...(component && { component }), ...(component && between && { between }) };
}

function componentTest(filter: DavElement, budget: { left: number }, depth: number): ComponentTest {
  const name = nameOf(filter);
  budget.left -= 1;
  if (name === '') throw new FilterRefused('valid-filter');
  if (budget.left < 0 || depth > MAX_DEPTH) throw new FilterRefused('supported-filter');
  const { children } = filter;
  const isNamed = (component: Component): boolean => component[0] === name;
  if (davChild(filter, C('is-not-defined'))) {
    if (children.length > 1) throw new FilterRefused('valid-filter');
    return (components) => !components.some(isNamed);
  }
  const time = rangeIn(filter);
  const props = davChildren(filter, C('prop-filter')).map((one) => propTest(one, budget));
  const inner = davChildren(filter, C('comp-filter')).map((one) =>
    componentTest(one, budget, depth + 1),
  );
  if (children.length !== props.length + inner.length + (time ? 1 : 0)) {
    throw new FilterRefused('supported-filter');
  }
  if (time && !['vevent', 'vtodo', 'valarm'].includes(name)) {
    throw new FilterRefused('supported-filter');
  }
  return (components, reading, parent) =>
    components.some(
      (component) =>
        isNamed(component) &&
        (!time || isInRange(component, time, reading, parent)) &&
        props.every((test) => test(component, reading)) &&
        inner.every((test) => test(component[2], reading, component)),
    );
}

function rangeIn(filter: DavElement): Range | undefined {
  const [time, ...others] = davChildren(filter, C('time-range'));
  if (!time) return undefined;
  const range = others.length === 0 ? rangeOf(time) : undefined;
  if (!range) throw new FilterRefused('valid-filter');
  return range;
}

function propTest(filter: DavElement, budget: { left: number }): PropertyTest {
  const name = nameOf(filter);
  budget.left -= 1;
  if (name === '') throw new FilterRefused('valid-filter');
  if (budget.left < 0) throw new FilterRefused('supported-filter');
  const { children } = filter;
  if (davChild(filter, C('is-not-defined'))) {
    if (children.length > 1) throw new FilterRefused('valid-filter');
    return (component) => propertiesOf(component, name).length === 0;
  }
  const time = rangeIn(filter);
  const texts = davChildren(filter, C('text-match')).map(textTest);
  const params = davChildren(filter, C('param-filter')).map(paramTest);
  if (children.length !== texts.length + params.length + (time ? 1 : 0) || texts.length > 1) {
    throw new FilterRefused('supported-filter');
  }
  return (component, reading) =>
    propertiesOf(component, name).some(
      (property) =>
        (!time || isValueIn(property, time, reading)) &&
        texts.every((test) => valuesOf(property).some(test)) &&
        params.every((test) => test(property)),
    );
}

function isValueIn(property: Property, { from, to }: Range, reading: Reading): boolean {
  try {
    const moment = momentIn(property, reading);
    return moment !== undefined && moment >= from && moment < to;
  } catch (error) {
    // A property that is no time.
    if (error instanceof IcsError) return false;
    throw error;
  }
}

const TIMES: ReadonlySet<string> = new Set(['date', 'date-time', 'time']);

/** Values as iCalendar writes them. */
function valuesOf(property: Property): readonly string[] {
  const [, , type, ...values] = property;
  if (type === 'recur') return [ruleTextOf(property)];
  return values.map((value) =>
    TIMES.has(type)
      ? String(value).replace(/[-:]/g, '')
      : Array.isArray(value)
        ? value.join(';')
        : String(value),
  );
}

function paramTest(filter: DavElement): (property: Property) => boolean {
  const name = nameOf(filter);
  if (name === '') throw new FilterRefused('valid-filter');
  const values = ([, params]: Property): readonly string[] => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    return value === undefined ? [] : typeof value === 'string' ? [value] : value;
  };
  if (davChild(filter, C('is-not-defined'))) return (property) => values(property).length === 0;
  const match = davChild(filter, C('text-match'));
  if (filter.children.length !== (match ? 1 : 0)) throw new FilterRefused('supported-filter');
  if (!match) return (property) => values(property).length > 0;
  const test = textTest(match);
  return (property) => values(property).some(test);
}

/** How texts are compared, by the names of RFC 4790. */
const COLLATIONS: ReadonlyMap<string, (text: string) => string> = new Map([
  ['i;octet', (text: string) => text],
  ['i;ascii-casemap', (text: string) => text.replace(/[a-z]/g, (sign) => sign.toUpperCase())],
  ['i;unicode-casemap', (text: string) => text.normalize('NFKD').toLowerCase()],
]);

function textTest({ attributes, text }: DavElement): TextTest {
  const fold = COLLATIONS.get(attributes['collation'] ?? 'i;ascii-casemap');
  if (!fold) throw new FilterRefused('supported-collation');
  const isNegated = attributes['negate-condition'] === 'yes';
  const wanted = fold(text);
  return (value) => fold(value).includes(wanted) !== isNegated;
}
