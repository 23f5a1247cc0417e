import { ok } from '../../../src/base/result';
import type { UserId } from '../../../src/base/types';
import { impactOf, type KnownUser } from '../../../src/enabling/impact';
import type { EnabledSet, Subject } from '../../../src/enabling/types';
import { saisons } from './kit';

const PLUGINS = ['calendar', 'planning', 'reminder'];

/** Layers that turn some plugins on for everybody, and planning for those who choose it. */
function aModel(on: readonly string[]) {
  let asked = 0;
  const enabled = ({ choices }: Subject): EnabledSet => {
    asked += 1;
    const chosen = on.includes('calendar') && choices?.['planning'] ? ['planning'] : [];
    const ids = [...on, ...chosen];
    return { key: ids.join(' '), has: (id) => ids.includes(id) };
  };
  return { pluginIds: PLUGINS, config: () => ok({}), enabled, asked: () => asked };
}

const aUser = (index: number, choices: Readonly<Record<string, boolean>>): KnownUser => ({
  id: index as UserId,
  site: saisons,
  login: `u${index}`,
  groups: [],
  choices,
});

const off = { site: saisons, path: 'calendar.enabled', value: false };

it('asks once for each combination of groups and choices, however many agents share it', () => {
  const [before, after] = [aModel(['calendar', 'reminder']), aModel(['reminder'])];
  const people = Array.from({ length: 5_000 }, (_, index) =>
    aUser(index, { planning: index === 4_999 }),
  );
  const deps = { before, after, sites: [], people, openSessions: new Map() };

  const impact = impactOf(deps, off);

  // The choice of the last one alone makes planning go.
  expect(impact).toMatchObject({ users: 5_000, affected: 5_000, goOff: ['planning'], comeOn: [] });
  // Whether something changes for the two combinations, then what.
  expect([before.asked(), after.asked()]).toEqual([4, 4]);
});
