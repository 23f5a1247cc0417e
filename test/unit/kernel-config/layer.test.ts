import { layer } from '../../../src/kernel/config';

describe('layer', () => {
  it('merges objects, replaces arrays and everything else', () => {
    const below = { a: { x: 1, y: [1, 2] }, b: 'low', c: { z: 1 } };

    const result = layer(below, { a: { y: [3] }, b: undefined }, { c: 'flat', d: null });

    expect(result).toEqual({ a: { x: 1, y: [3] }, b: 'low', c: 'flat', d: null });
  });

  it('changes none of its inputs, and shares nothing with them', () => {
    const base = { a: { list: [{ x: 1 }] } };
    const over = { b: { y: 1 } };

    const result = layer(base, over) as typeof base & typeof over;
    result.a.list.push({ x: 2 });
    result.b.y = 2;

    expect({ base, over }).toEqual({ base: { a: { list: [{ x: 1 }] } }, over: { b: { y: 1 } } });
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s at any depth', (key) => {
    const hostile: unknown = JSON.parse(`{"a": {"b": {"${key}": {"isAdmin": true}}}}`);

    expect(() => layer({}, hostile)).toThrow('config/invalid');
    expect(() => layer(hostile)).toThrow('config/invalid');
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
  });

  it('gives the same whether applied once or twice', () => {
    const once = layer({ a: 1, l: [1] }, { l: [2], o: { k: 1 } });

    expect(layer({ a: 1, l: [1] }, once)).toEqual(once);
  });

  it.each([undefined, null, 3, 'text', [1]])('replaces %j by an object', (below) => {
    expect(layer(below, { a: 1 })).toEqual({ a: 1 });
  });
});
