import path from 'node:path';
import type { PluginDefinition } from '../../src/host';
import type { FoundPlugin } from '../../src/host/discover';

/** A plugin as found on disk; unless told, in a folder without views. Its title is « Agenda ». */
export const foundPlugin = (
  id: string,
  more: Partial<PluginDefinition>,
  dir = path.join(__dirname, 'noisy'),
): FoundPlugin => ({
  id,
  version: '0.0.0',
  dir,
  definition: { id, api: '^1.0', title: `${id}:title`, ...more },
  migrations: [],
  locales: { fr: { title: 'Agenda' }, en: { title: 'Calendar' } },
});
