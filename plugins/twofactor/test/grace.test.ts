import type { PluginTest } from 'estafette/plugin/testing';
import { askedMeanwhile, enrolTotp, isAsked, startFactor } from './kit';

const MINUTE_MS = 60_000;

let test: PluginTest;
afterEach(() => test.stop());

const banner = () => test.renderSlot('page.banner@1');
/** As another process does: this one has not heard of it. */
const removeElsewhere = () => test.db.table('twofactor_totp').delete();

describe('the banner of the days of grace', () => {
  it('asks nothing of the database for who has a factor, for some minutes', async () => {
    test = await startFactor({ config: { required: true, graceDays: 10 } });
    await enrolTotp(test);
    expect(await askedMeanwhile(test, banner)).not.toEqual([]);
    expect(await askedMeanwhile(test, banner)).toEqual([]);

    await removeElsewhere();
    expect(await banner()).toBe('');
    test.clock.advance(11 * MINUTE_MS);
    expect(await banner()).toContain('data-twofactor-banner');
  });

  it('goes at once when a factor is set up, here or in another process', async () => {
    test = await startFactor({ config: { required: true, graceDays: 10 } });
    await isAsked(test);
    expect(await banner()).toContain('data-twofactor-banner');
    await enrolTotp(test);

    expect(await banner()).toBe('');
  });

  it('is back at once when the factor is taken away here', async () => {
    test = await startFactor({ config: { required: true, graceDays: 10 } });
    await enrolTotp(test);
    expect(await banner()).toBe('');
    await test.route('post', '/remove', { body: { id: 'totp' } });

    expect(await banner()).toContain('data-twofactor-banner');
  });

  it('asks nothing at all where nothing is required', async () => {
    test = await startFactor({ config: { graceDays: 10 } });
    const asked = await askedMeanwhile(test, async () => expect(await banner()).toBe(''));

    expect(asked).toEqual([]);
    expect(test.failures()).toEqual([]);
  });
});
