import { isDeclaredSecret, SECRET_NAME } from '../../../src/host/plugin-secrets';

const DECLARED = ['apiKey', '<provider>.clientSecret'];

describe('secrets that a plugin declares', () => {
  it.each(['apiKey', 'cerbere.clientSecret', 'pro-connect.clientSecret'])(
    'let it ask for %s',
    (name) => {
      expect(isDeclaredSecret(DECLARED, name)).toBe(true);
    },
  );

  it.each([
    'other',
    'clientSecret',
    '.clientSecret',
    '<provider>.clientSecret',
    'cerbere.privateKey',
    'cerbere.clientSecret.more',
    'a.b.clientSecret',
    'Cerbere.clientSecret',
    '../x.clientSecret',
    'cerbere.',
    '',
  ])('do not let it ask for %j', (name) => {
    expect(isDeclaredSecret(DECLARED, name)).toBe(false);
  });

  it('are names, with one word in front at most', () => {
    const isName = (name: string): boolean => SECRET_NAME.test(name);

    expect(['apiKey', '<provider>.clientSecret'].every(isName)).toBe(true);
    expect(['<a><b>.c', '<A>.c', '<a>c', 'a.b', '<a>.<b>', ''].some(isName)).toBe(false);
  });
});
