import { slowdown } from 'estafette/plugin/testing';
import type { Field } from '../fields';
import { isSigned } from '../signature';
import { listOf, wayOut } from '../ways';

const RULES = { authservIds: ['mx.test.example'], requireDkim: true };
const field = (name: string, value: string): Field => ({ name, value });
const POST = field('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click');
const unsubscribe = (value: string): Field => field('List-Unsubscribe', value);
const SIGNATURE = field(
  'DKIM-Signature',
  'v=1; a=rsa-sha256; d=liste.example; s=s1;\r\n h=From:To:List-Unsubscribe:List-Unsubscribe-Post; b=AbC dEf==',
);
const result = (value: string): Field => field('Authentication-Results', value);
const PASS = result(
  'mx.test.example; dkim=pass (2048-bit; ok) header.d=liste.example header.s=s1 header.b="AbCd"',
);
const WEB = '<https://liste.example/quitter?id=42>';
const MAIL = '<mailto:quitter@liste.example?subject=quitter+42>';

describe('the way out of a list', () => {
  it('is one click when the headers ask for it and are signed', () => {
    const fields = [PASS, SIGNATURE, unsubscribe(`${MAIL}, ${WEB}`), POST];

    expect(wayOut(fields, RULES)).toEqual({
      kind: 'one-click',
      url: 'https://liste.example/quitter?id=42',
      to: 'liste.example',
    });
  });

  it.each([
    ['no signature', [unsubscribe(`${WEB}, ${MAIL}`), POST]],
    ['no Post field', [PASS, SIGNATURE, unsubscribe(`${WEB}, ${MAIL}`)]],
    ['two Post fields', [PASS, SIGNATURE, unsubscribe(`${WEB}, ${MAIL}`), POST, POST]],
    [
      'another Post',
      [PASS, SIGNATURE, unsubscribe(`${WEB}, ${MAIL}`), field('List-Unsubscribe-Post', 'a=b')],
    ],
    ['plain HTTP', [PASS, SIGNATURE, unsubscribe(`<http://liste.example/x>, ${MAIL}`), POST]],
    ['a password', [PASS, SIGNATURE, unsubscribe(`<https://a:b@liste.example/x>, ${MAIL}`), POST]],
    [
      'a host of the machine',
      [PASS, SIGNATURE, unsubscribe(`<https://localhost/x>, ${MAIL}`), POST],
    ],
  ])('is a message with %s', (_what, fields) => {
    expect(wayOut(fields, RULES)).toEqual({
      kind: 'mail',
      to: 'quitter@liste.example',
      subject: 'quitter+42',
      text: '',
    });
  });

  it('is a page to open when nothing else is there', () => {
    expect(wayOut([unsubscribe(WEB)], RULES)).toMatchObject({ kind: 'link', to: 'liste.example' });
  });

  it('needs no signature where the site says so', () => {
    const rules = { ...RULES, requireDkim: false };

    expect(wayOut([unsubscribe(WEB), POST], rules)).toMatchObject({ kind: 'one-click' });
  });

  it.each([
    [[]],
    [[unsubscribe('')]],
    [[unsubscribe('https://liste.example/x')]],
    [[unsubscribe('<javascript:alert(1)>, <ftp://a.example>, <mailto:>')]],
    [[unsubscribe('<mailto:a@b.example,c@d.example>')]],
    [[unsubscribe('<mailto:%>')]],
    [[unsubscribe('(<https://liste.example/x>)')]],
    [[unsubscribe(WEB), unsubscribe(MAIL)]],
    [[unsubscribe(`<https://liste.example/${'a'.repeat(3_000)}>`)]],
  ])('is none for %j', (fields) => {
    expect(wayOut(fields, RULES)).toBeUndefined();
  });

  it('takes of an address its recipient, subject and text, and nothing more', () => {
    const address =
      '<mailto:q%40liste.example?subject=a%0D%0ABcc:%20x@evil.test&body=STOP&cc=x@evil.test&bcc=y@evil.test>';

    expect(wayOut([unsubscribe(address)], RULES)).toEqual({
      kind: 'mail',
      to: 'q@liste.example',
      subject: 'a Bcc: x@evil.test',
      text: 'STOP',
    });
  });

  it('reads an address that was folded', () => {
    expect(wayOut([unsubscribe('<https://liste.example/\r\n quitter>')], RULES)).toMatchObject({
      url: 'https://liste.example/quitter',
    });
  });
});

describe('a signature', () => {
  it.each([
    ['is believed', [PASS, SIGNATURE], true],
    [
      'is believed below another result of the same server',
      [result('mx.test.example; spf=pass'), PASS, SIGNATURE],
      true,
    ],
    [
      'is not believed from another server',
      [result('mx.evil.test; dkim=pass header.d=liste.example'), SIGNATURE],
      false,
    ],
    [
      'is not believed below the result of another server',
      [result('mx.evil.test; none'), PASS, SIGNATURE],
      false,
    ],
    [
      'is not believed when it failed',
      [result('mx.test.example; dkim=fail header.d=liste.example'), SIGNATURE],
      false,
    ],
    [
      'is not believed in a comment',
      [result('mx.test.example; spf=pass (; dkim=pass header.d=liste.example)'), SIGNATURE],
      false,
    ],
    [
      'is not that of another domain',
      [result('mx.test.example; dkim=pass header.d=other.example'), SIGNATURE],
      false,
    ],
    [
      'is not that of another key',
      [result('mx.test.example; dkim=pass header.d=liste.example header.s=s2'), SIGNATURE],
      false,
    ],
    [
      'is not another of the same domain',
      [result('mx.test.example; dkim=pass header.d=liste.example header.b=zzz'), SIGNATURE],
      false,
    ],
    ['has to be there', [PASS], false],
    [
      'has to cover both fields',
      [PASS, field('DKIM-Signature', 'd=liste.example; s=s1; h=from:list-unsubscribe; b=AbCdEf')],
      false,
    ],
  ])('%s', (_what, fields, is) => {
    expect(isSigned(fields, RULES.authservIds)).toBe(is);
  });

  it('is never believed when the site names no server', () => {
    expect(isSigned([PASS, SIGNATURE], [])).toBe(false);
  });

  it.each(['(', ';', 'a="', '\\'])('costs one reading of its text, be it all %s', async (piece) => {
    const read = (count: number): void => {
      const text = piece.repeat(count);
      // A result that passed: without one no signature is read at all.
      isSigned(
        [PASS, result(`mx.test.example;${text}`), field('DKIM-Signature', text)],
        RULES.authservIds,
      );
      wayOut([unsubscribe(text), unsubscribe(`<${text}`)], RULES);
      wayOut([unsubscribe(`<${'<'.repeat(count)}`)], RULES);
    };

    // Four times the text: what reads it again and again takes sixteen times as long.
    expect(
      await slowdown(
        () => read(400_000),
        () => read(100_000),
      ),
    ).toBeLessThan(10);
  });
});

it.each([
  ['Amis <Amis.Liste.example>', 'amis.liste.example'],
  ['sans identifiant', 'liste.example'],
])('knows the list %j as %s', (id, list) => {
  const fields = [unsubscribe(WEB), field('List-Id', id)];
  const way = wayOut(fields, RULES);
  expect(way && listOf(fields, way)).toBe(list);
});
