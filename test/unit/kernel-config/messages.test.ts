import { z } from 'zod';
import { checkSource } from '../../../src/kernel/config-check';

const schema = z.strictObject({
  from: z.iso.date().optional(),
  certificate: z.string().min(100).optional(),
  label: z.union([z.string(), z.strictObject({ fr: z.string(), en: z.string() })]).optional(),
  provider: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('oidc'), clientId: z.string() }),
      z.strictObject({ kind: z.literal('cas'), issuer: z.string().optional() }),
    ])
    .optional(),
});
const messagesOf = (value: object) =>
  checkSource(schema, { file: 'x.json', value, lines: new Map() }).issues.map(
    ({ path, message }) => `${path}: ${message}`,
  );

describe('what a wrong value is told to be', () => {
  it.each([
    [{ from: '2026-13-45' }, 'from: expected a day as 2026-09-01, found "2026-13-45"'],
    [{ certificate: 'abc' }, 'certificate: expected text of at least 100 characters, found "abc"'],
    [{ label: { fr: 'Carte' } }, 'label.en: expected text, found nothing'],
    [{ label: 3 }, 'label: expected text or object, found 3'],
    [{ provider: { kind: 'cas', clientId: 'x' } }, 'provider.clientId: unknown key'],
    [
      { provider: { kind: 'oidc', clientld: 'x', clientId: 'y' } },
      'provider.clientld: unknown key; did you mean "clientId"?',
    ],
  ])('%j', (value, message) => {
    expect(messagesOf(value)).toEqual([message]);
  });
});
