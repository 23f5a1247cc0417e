import type { Choices } from './types';

const PREFIX = 'enabled.';

/** Key, among an agent's core settings, of their choice for a plugin. */
export const choiceKey = (plugin: string): string => `${PREFIX}${plugin}`;

/** An agent's choices among their core settings; anything but true and false is no choice. */
export function choicesFrom(settings: Readonly<Record<string, unknown>>): Choices {
  const entries = Object.entries(settings)
    .filter(([key]) => key.startsWith(PREFIX))
    .filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean');
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(PREFIX.length), value]));
}
