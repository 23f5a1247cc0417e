import { z } from 'zod';
import { aPlugin, aSite, lineOf, SITE_A, SITE_B, startTest, stopAll } from './kit';

afterEach(stopAll);

const factor = (id: string) =>
  aPlugin(id, { contributes: { challenges: [{ id: 'code', label: 'x:y', path: '/' }] } });
const on = (...ids: string[]) => Object.fromEntries(ids.map((id) => [id, true]));

describe('sign-in on a site whose guard is not in service', () => {
  it('is closed when another plugin has the name of its challenge', async () => {
    const sites = [aSite('a', on('real')), aSite('b', on('plain'))];
    const plugins = [factor('impostor'), factor('real'), aPlugin('plain')];

    const { host } = await startTest({ plugins, sites });

    expect(host.signInClosed(SITE_A)).toEqual({
      plugin: 'real',
      reason: 'refused: challenge "code" already belongs to impostor',
    });
    expect(host.signInClosed(SITE_B)).toBeUndefined();
  });

  it('is closed when another plugin answers for its port', async () => {
    const port = { provides: ['second-factor'] };
    const { host } = await startTest({ plugins: [aPlugin('first', port), aPlugin('real', port)] });

    expect(host.signInClosed(SITE_A)).toMatchObject({
      plugin: 'real',
      reason: expect.stringContaining('which first provides there already'),
    });
  });

  it('is closed once the guard is taken out of service, and open while it is there', async () => {
    const { host } = await startTest({ plugins: [factor('real'), aPlugin('plain')] });
    expect(host.signInClosed(SITE_A)).toBeUndefined();

    host.quarantine('plain', 'slow');
    expect(host.signInClosed(SITE_A)).toBeUndefined();
    host.quarantine('real', 'slow');
    expect(host.signInClosed(SITE_A)).toEqual({ plugin: 'real', reason: 'quarantined: slow' });
  });

  it('is closed when what nothing may run without was kept out of this process', async () => {
    const { host } = await startTest({
      plugins: [aPlugin('vital', { onBootFailure: 'abort' })],
      quarantined: [{ plugin: 'vital', reason: 'harmed processes' }],
    });

    expect(host.signInClosed(SITE_A)).toEqual({
      plugin: 'vital',
      reason: 'quarantined: harmed processes',
    });
  });

  it('is closed where the settings of what nothing may run without are wrong, and nowhere else', async () => {
    const vital = aPlugin('vital', {
      onBootFailure: 'abort',
      config: z.strictObject({ required: z.boolean().default(false) }),
    });
    const sites = [aSite('a', { vital: { required: 'yes' } }), aSite('b', { vital: true })];

    const test = await startTest({ plugins: [vital], sites });

    expect(lineOf(test, 'vital')?.state).toBe('degraded');
    expect(test.host.signInClosed(SITE_A)).toMatchObject({
      plugin: 'vital',
      reason: expect.stringContaining('config/sites/a.json: plugins.vital.required: expected'),
    });
    expect(test.host.signInClosed(SITE_B)).toBeUndefined();
    expect(test.host.report.warnings).toContain(
      'config/sites/a.json: plugins.vital: nobody can sign in on this site: vital guards sign-in, and its settings are wrong',
    );
  });
});
