import { isOutside } from '../../../src/mail/outside';

const SITE = { mailDomains: ['culture.gouv.example', 'musee.example'] };

describe('a correspondent outside the ministry', () => {
  it.each([
    ['paul@universite.example', true],
    ['paul@faux-musee.example', true],
    ['paul@musee.example.net', true],
    ['paul@musee.example', false],
    ['paul@Lettre.MUSEE.example', false],
    ['"a@musee.example"@universite.example', true],
    // Nobody of the ministry writes that way: who hides a domain is no colleague.
    ['root', true],
    ['', true],
    ['paul@', true],
    [undefined, true],
  ])('%s: %s', (mail, expected) => {
    expect(isOutside(SITE, mail)).toBe(expected);
  });
});
