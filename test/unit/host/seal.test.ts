import { pluginSeals } from '../../../src/host/capabilities/seal';
import { createKeyRing } from '../../../src/session';

const secret = (fill: string): Buffer => Buffer.alloc(32, fill);
const keys = createKeyRing([{ id: 1, secret: secret('one') }]);
const seals = pluginSeals('calendar', keys);

describe('what a plugin seals', () => {
  it('is opened by it, bound to the same', () => {
    const sealed = seals.seal('secret é', 'row 1');

    expect(seals.open(sealed, 'row 1')).toBe('secret é');
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('secret');
  });

  it('is another text each time', () => {
    expect(seals.seal('a', 'b')).not.toBe(seals.seal('a', 'b'));
  });

  it('is opened by no other plugin, row or installation', () => {
    const sealed = seals.seal('secret', 'row 1');

    expect(pluginSeals('calendars', keys).open(sealed, 'row 1')).toBeUndefined();
    expect(seals.open(sealed, 'row 2')).toBeUndefined();
    const other = createKeyRing([{ id: 1, secret: secret('two') }]);
    expect(pluginSeals('calendar', other).open(sealed, 'row 1')).toBeUndefined();
  });

  it('is not opened with one bit changed, anywhere', () => {
    const bytes = Buffer.from(seals.seal('secret', 'row'), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(seals.open(altered.toString('base64url'), 'row')).toBeUndefined();
    }
  });

  it.each(['', 'x', '!!!!', 'A'.repeat(1_000)])('is nothing when it is %j', (sealed) => {
    expect(seals.open(sealed, 'row')).toBeUndefined();
  });

  it('is opened after the key was changed, and not once the old one is retired', () => {
    const sealed = seals.seal('secret', 'row');
    const both = createKeyRing([
      { id: 2, secret: secret('two') },
      { id: 1, secret: secret('one') },
    ]);
    const later = createKeyRing([{ id: 2, secret: secret('two') }]);

    expect(pluginSeals('calendar', both).open(sealed, 'row')).toBe('secret');
    expect(pluginSeals('calendar', later).open(sealed, 'row')).toBeUndefined();
  });

  it('is a secret, not a file', () => {
    expect(() => seals.seal('x'.repeat(16_001), 'row')).toThrow('request/forbidden');
  });
});
