import { tzlib_get_ical_block } from 'timezones-ical-library';
import { type Component, componentsOf, paramOf, parseComponent, textOf } from './jcal';

/**
 * A calendar with a definition of every zone that its times name, which RFC 5545 §3.6.5 wants and some
 * clients cannot do without; definitions of zones that nothing names any more are left.
 */
export function withZones(calendar: Component): Component {
  const [name, properties, components] = calendar;
  const known = new Set(componentsOf(calendar, 'vtimezone').map((zone) => textOf(zone, 'tzid')));
  const missing = [...namedIn(components)].filter((zone) => zone !== '' && !known.has(zone));
  const added = missing.flatMap((zone) => definitionOf(zone) ?? []);
  const isZone = (one: Component): boolean => one[0] === 'vtimezone';
  return [
    name,
    properties,
    [
      ...components.filter(isZone),
      ...(added as readonly Component[]),
      ...components.filter((one) => !isZone(one)),
    ],
  ];
}

function namedIn(components: readonly Component[]): ReadonlySet<string> {
  return new Set(
    components.flatMap(([, properties, inner]) => [
      ...properties.map((property) => paramOf(property, 'tzid')),
      ...namedIn(inner),
    ]),
  );
}

const definitions = new Map<string, Component | undefined>();

function definitionOf(zone: string): readonly [Component] | undefined {
  if (!definitions.has(zone)) definitions.set(zone, read(zone));
  const definition = definitions.get(zone);
  return definition && [definition];
}

function read(zone: string): Component | undefined {
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(zone)) return undefined;
  const block: unknown = tzlib_get_ical_block(zone);
  const [text] = Array.isArray(block) ? block : [];
  return typeof text === 'string' ? parseComponent(text) : undefined;
}
