import { openText, sealText } from '../../../src/base/aead';

const [KEY, OTHER] = [Buffer.alloc(32, 'k'), Buffer.alloc(32, 'o')];
/** Not the tag, or none that is one. */
const REFUSED = /unable to authenticate|invalid (?:authentication tag|initialization vector)/i;
const SEALED = sealText(KEY, 'secret, é', { boundTo: 'alice' });

describe('what is sealed', () => {
  it('opens under its key, for what it is bound to', () => {
    expect(openText(KEY, SEALED, 'alice')).toBe('secret, é');
    expect(openText(KEY, sealText(KEY, ''))).toBe('');
  });

  it('opens under no other key, and for nothing else', () => {
    expect(() => openText(OTHER, SEALED, 'alice')).toThrow('unable to authenticate');
    expect(() => openText(KEY, SEALED, 'bruno')).toThrow('unable to authenticate');
    expect(() => openText(KEY, SEALED)).toThrow('unable to authenticate');
  });

  it('does not open once a byte was changed, at any place', () => {
    for (let at = 0; at < SEALED.length; at += 1) {
      const altered = Buffer.from(SEALED);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      expect(() => openText(KEY, altered, 'alice')).toThrow('unable to authenticate');
    }
  });

  it('does not open cut, nor with a shorter tag', () => {
    for (let length = 0; length < SEALED.length; length += 1) {
      expect(() => openText(KEY, SEALED.subarray(0, length), 'alice')).toThrow(REFUSED);
    }
  });

  it('is another text each time, but for a nonce that is given', () => {
    expect(sealText(KEY, 'x').equals(sealText(KEY, 'x'))).toBe(false);
    const nonce = Buffer.alloc(12, 7);
    expect(sealText(KEY, 'x', { nonce }).equals(sealText(KEY, 'x', { nonce }))).toBe(true);
  });

  it('is AES-256-GCM as others make it', () => {
    // The GCM specification (McGrew, Viega), test case 14: sixteen zero bytes.
    const nonce = Buffer.alloc(12);
    const sealed = sealText(Buffer.alloc(32), '\0'.repeat(16), { nonce });
    expect(sealed.subarray(12).toString('hex')).toBe(
      'd0d1c8a799996bf0265b98b5d48ab919cea7403d4d606b6e074ec5d3baf39d18',
    );
  });
});
