import { z } from 'zod';
import type { CheckedSite } from '../../../src/host/settings-check';
import { filesOf } from '../../../src/host/testing/enabling';
import { aPlugin, aSite, lineOf, startTest, stopAll } from './kit';

afterEach(stopAll);

const config = z.strictObject({ size: z.number().default(1) });

describe('what a plugin says of settings that its schema accepts', () => {
  it('is told at the place that said them, for the site and its groups, and turns nothing off', async () => {
    const plugin = aPlugin<z.infer<typeof config>>('tides', {
      config,
      check: ({ size }) => (size > 1 ? [{ keys: ['size'], message: 'expected a small one' }] : []),
    });
    const group = {
      id: 'crew',
      title: 'Crew',
      match: { logins: ['a'] },
      plugins: { tides: { size: 3 } },
      locked: [],
      permissions: [],
    };
    const sites = [
      aSite('a', { tides: { size: 2 } }),
      aSite('b', { tides: true }, { groups: [group] }),
    ];

    const test = await startTest({ plugins: [plugin], sites, files: filesOf(sites, {}) });

    expect(test.host.report.warnings).toEqual([
      'config/sites/a.json: plugins.tides.size: expected a small one',
      'config/sites/b.json: groups.0.plugins.tides.size: expected a small one',
    ]);
    expect(lineOf(test, 'tides')?.state).toBe('active');
  });

  it('is asked of the site’s hosts and networks, secrets and servers', async () => {
    const seen: unknown[] = [];
    const plugin = aPlugin('tides', {
      needs: ['http:https://tides.example'],
      secrets: ['<port>.key'],
      check: (_config, site: CheckedSite) => {
        seen.push({
          hosts: site.hosts,
          hasNetworks: site.hasNetworks,
          given: site.missingSecret('harbour.key'),
          missing: site.missingSecret('pier.key'),
          listed: site.mayReach('https://tides.example/today'),
          stranger: site.mayReach('https://elsewhere.example/'),
        });
        return [];
      },
    });

    await startTest({
      plugins: [plugin],
      sites: [aSite('a', { tides: true }, { hosts: ['a.example'] })],
      secret: (_plugin, name) => (name === 'harbour.key' ? 'x' : undefined),
    });

    expect(seen).toEqual([
      {
        hosts: ['a.example'],
        hasNetworks: false,
        given: undefined,
        missing: 'ESTAFETTE_A_TIDES_PIER_KEY',
        listed: true,
        stranger: false,
      },
    ]);
  });

  it('does not stop the boot when the plugin fails to say', async () => {
    const check = () => {
      throw new Error('no luck');
    };

    const test = await startTest({ plugins: [aPlugin('tides', { check })] });

    expect(test.host.report.warnings[0]).toContain('cannot check its settings: no luck');
    expect(lineOf(test, 'tides')?.state).toBe('active');
  });
});
