import path from 'node:path';
import { z } from 'zod';

const FILE = path.resolve(__dirname, '../../../skins/base/assets/elements/addresses.js');
const script = z.object({
  splitAddresses: z.custom<(text: string) => readonly string[]>(
    (found) => typeof found === 'function',
  ),
});

let splitAddresses: z.infer<typeof script>['splitAddresses'];
beforeAll(async () => {
  const loaded: unknown = await import(FILE);
  ({ splitAddresses } = script.parse(loaded));
});

describe('an address field of the composer', () => {
  it.each([
    ['Bob <bob@x.fr, carol@y.fr', ['Bob <bob@x.fr>', 'carol@y.fr']],
    ['"Bob bob@x.fr, carol@y.fr', ['"Bob bob@x.fr"', 'carol@y.fr']],
    ['"Martin, Bob" <bob@x.fr>; carol@y.fr', ['"Martin, Bob" <bob@x.fr>', 'carol@y.fr']],
    ['"Bob\\', ['"Bob"']],
    ['"Bob\ncarol@y.fr', ['"Bob"', 'carol@y.fr']],
  ])('splits %j', (typed, addresses) => {
    expect(splitAddresses(typed)).toEqual(addresses);
  });

  it.each(['Bob <bob@x.fr', '"Bob', '"Bob\\', 'Bob <', '<"a', 'Bob "x" <bob@x.fr', '"a" "b'])(
    'keeps %j apart from its neighbour when both are joined again',
    (typed) => {
      const [chip = ''] = splitAddresses(typed);
      const neighbour = '"Léger, Carol" <carol@y.fr>';

      expect(splitAddresses([chip, neighbour].join(', '))).toEqual([chip, neighbour]);
    },
  );
});
