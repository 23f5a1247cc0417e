import type { DraftFields } from '../../../../src/compose';
import { newBody, replyBody, signatureText } from '../../../../src/compose/bodies';
import { withSignature } from '../../../../src/compose/own/signature-swap';

const fieldsOf = ({ text, html }: { text: string; html?: string }) =>
  ({ text, html: html ?? '' }) as DraftFields;
const ONE = { signature: 'Odile\nDSI' };
const TWO = { signature: 'Odile\nDSI\nAstreinte', signatureHtml: '<p>Odile, <b>astreinte</b></p>' };

it('puts another in its place, in both texts, above what is quoted', () => {
  const body = replyBody({ text: 'mot', html: undefined }, 'Elle a écrit :', {
    ...ONE,
    quotePosition: 'bottom',
  });
  const { text, html } = withSignature(fieldsOf(body), ONE, TWO);
  expect(text.startsWith(signatureText(TWO))).toBe(true);
  expect(text).toContain('> mot');
  expect(html).toContain('<b>astreinte</b>');
  expect(html).not.toContain('Odile<br />DSI</div>');
});

it('goes there and back', () => {
  const body = fieldsOf(newBody('Bonjour', ONE));
  const there = { ...body, ...withSignature(body, ONE, TWO) };
  expect(withSignature(there as DraftFields, TWO, ONE)).toEqual({
    text: body.text,
    html: body.html,
  });
});

it('leaves one that was written into, and one that is there already', () => {
  const own = fieldsOf({ text: 'Bonjour\n\n-- \nOdile, DSI' });
  expect(withSignature(own, ONE, TWO).text).toBe(own.text);
  const done = fieldsOf(newBody('Bonjour', TWO));
  expect(withSignature(done, ONE, TWO).text).toBe(done.text);
});

it('is taken away by an identity without one', () => {
  const body = fieldsOf(newBody('Bonjour', ONE));
  expect(withSignature(body, ONE, { signature: '' }).text).toBe('Bonjour');
});
