import { checkedIdentity, type IdentityFields } from '../../../../src/compose/own/identity-rules';

const ALLOWED = [{ mail: 'Odile@Saisons.example' }, { mail: 'dsi@saisons.example' }];
const FIELDS: IdentityFields = {
  label: ' Astreinte ',
  name: 'Odile Tramontane – DSI',
  mail: 'odile@saisons.example',
  replyTo: '',
  bcc: '',
  signature: 'Odile',
  signatureHtml: '',
  sentMailbox: '',
  isDefault: false,
};
const problemOf = (given: Partial<IdentityFields>): unknown => {
  try {
    checkedIdentity({ ...FIELDS, ...given }, ALLOWED);
    return 'none';
  } catch (error) {
    return (error as { details: { problem: unknown } }).details.problem;
  }
};

it('is stored with the address as the directory writes it', () => {
  expect(checkedIdentity(FIELDS, ALLOWED)).toMatchObject({
    label: 'Astreinte',
    mail: 'Odile@Saisons.example',
  });
});

it.each([
  ['mail', { mail: 'ministre@saisons.example' }],
  ['mail', { mail: '' }],
  ['name', { name: 'Le Ministre <ministre@saisons.example>' }],
  ['name', { name: 'ministre@saisons.example' }],
  ['name', { name: 'Odile\u202eelidO' }],
  ['name', { label: 'a\r\nBcc: x@y.example' }],
  ['long', { name: 'x'.repeat(101) }],
  ['replyTo', { replyTo: 'a@b.example, c@d.example' }],
  ['replyTo', { replyTo: 'personne' }],
  ['bcc', { bcc: 'a@b.example, n’importe quoi' }],
  ['bcc', { bcc: Array.from({ length: 6 }, (_one, at) => `a${at}@b.example`).join(', ') }],
  ['signature', { signature: 'x'.repeat(4_001) }],
  ['signature', { signatureHtml: 'x'.repeat(20_001) }],
])('is refused for its %s: %o', (problem, given) => {
  expect(problemOf(given)).toBe(problem);
});

it('takes up to five hidden copies and one address for answers', () => {
  expect(problemOf({ bcc: 'A <a@b.example>, c@d.example', replyTo: 'DSI <dsi@s.example>' })).toBe(
    'none',
  );
});
