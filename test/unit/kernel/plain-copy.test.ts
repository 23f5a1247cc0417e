import { plainCopy } from '../../../src/kernel/plain-copy';

/** A list inside a list, `depth` times. */
const nested = (depth: number): unknown => (depth === 0 ? [] : [nested(depth - 1)]);
const cyclic = (): unknown => {
  const one: Record<string, unknown> = { name: 'a' };
  one['children'] = [{ parent: one }];
  return one;
};

describe('plain data out of an answer', () => {
  it('is the same data, frozen, and no longer the plugin’s', () => {
    const answer = { list: [{ a: 1 }, null, undefined, true], when: new Date(0), big: 1n };

    const copy = plainCopy(answer);

    expect(copy).toEqual(answer);
    expect([copy, copy.list, copy.list[0]].every((one) => Object.isFrozen(one))).toBe(true);
    answer.list.length = 0;
    expect(copy.list).toHaveLength(4);
  });

  it('reads a getter once', () => {
    let asked = 0;
    const answer = {
      get redirect() {
        asked += 1;
        return asked === 1 ? '/mail' : '//evil.example';
      },
    };

    const copy = plainCopy(answer);

    expect([copy.redirect, copy.redirect, asked]).toEqual(['/mail', '/mail', 1]);
  });

  it('leaves no proxy behind', () => {
    const map = () => {
      throw new Error('map');
    };
    const list = new Proxy(['a'], {
      get: (target, name) => (name === 'map' ? map : Reflect.get(target, name)),
    });

    expect(plainCopy(list).map((one) => one)).toEqual(['a']);
  });

  it.each([
    ['a cycle', cyclic(), 'answer.children[0].parent: a cycle'],
    ['depth', nested(70), 'deeper than'],
    ['a length alone', { length: 1, list: new Array(1_000_000) }, 'answer.list: too many members'],
    ['a function', { toJSON: () => 1 }, 'answer.toJSON: a function is no data'],
    ['an instance', { map: new Map() }, 'answer.map: neither a plain object nor a list'],
    ['a symbol', [Symbol('x')], 'answer[0]: a symbol is no data'],
    ['a prototype', JSON.parse('{"__proto__":{"deny":true}}'), 'answer: a member "__proto__"'],
    ['much text', new Array(40).fill('x'.repeat(1024 * 1024)), 'too much text'],
  ])('refuses %s', (_name, answer, reason) => {
    expect(() => plainCopy(answer)).toThrow(reason);
  });

  it('keeps what it was given as it is, instances included', () => {
    const stamp = new (class Stamp {})();
    const given = Object.freeze({ stamp });

    const copy = plainCopy({ given, stamp }, new Set<unknown>([given, stamp]));

    expect(copy.given).toBe(given);
    expect(copy.stamp).toBe(stamp);
  });

  it('hands bytes on, not something that says it is bytes', () => {
    const bytes = Buffer.from('a');

    expect(plainCopy({ bytes }).bytes).toBe(bytes);
    expect(() => plainCopy({ bytes: new Proxy(bytes, {}) })).toThrow('neither a plain object');
  });
});
