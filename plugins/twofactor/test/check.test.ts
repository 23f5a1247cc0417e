import type { CheckedSite, SiteId } from 'estafette/plugin';
import { checkSettings } from '../check';
import { factorConfig } from '../config';

const SITE: CheckedSite = {
  id: 'saisons' as SiteId,
  hosts: ['courriel.saisons.example', '*.saisons.example'],
  hasNetworks: false,
  missingSecret: () => undefined,
  mayReach: () => true,
};
const keysOf = (said: object, more: Partial<CheckedSite> = {}) =>
  checkSettings(factorConfig.parse(said), { ...SITE, ...more }).map(({ keys }) => keys.join('.'));

describe('settings that would keep people out', () => {
  it('are a required factor that could be set up nowhere', () => {
    const said = { required: true, enrolOutside: false };

    expect(keysOf(said)).toEqual(['enrolOutside']);
    expect(keysOf(said, { hasNetworks: true })).toEqual([]);
    expect(keysOf({ ...said, required: false })).toEqual([]);
    expect(keysOf({ required: true })).toEqual([]);
  });

  it('are a domain of passkeys that some host is not below', () => {
    expect(keysOf({ rpId: 'saisons.example' })).toEqual([]);
    expect(keysOf({ rpId: 'autre.example' })).toEqual(['rpId']);
    expect(keysOf({ rpId: 'aisons.example' })).toEqual(['rpId']);
    expect(keysOf({ rpId: 'saisons.example' }, { hosts: ['saisons.example'] })).toEqual([]);
  });
});
