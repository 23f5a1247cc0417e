import { EMPTY_CONTACT, readCard } from '../card';
import { dayOf, dayText } from '../pages/days';
import { contactWith, errorsOf, formOf, sentForm } from '../pages/form';

const sent = (form: ReturnType<typeof formOf>, change: Record<string, string> = {}) =>
  sentForm(
    {
      ...Object.fromEntries(
        Object.entries({ ...form, ...change })
          .filter(([, value]) => typeof value === 'string')
          .map(([name, value]) => [name, [value as string]]),
      ),
      mail: form.mails.map(({ value }) => value),
      mailType: form.mails.map(({ type }) => type),
      phone: form.phones.map(({ value }) => value),
      phoneType: form.phones.map(({ type }) => type),
    },
    form.kind,
  );

it.each([25, 120])('keeps all addresses of a card that has %i of them', (count) => {
  const mails = Array.from({ length: count }, (_, at) => ({
    value: `a${at}@test.example`,
    type: 'work' as const,
  }));
  const before = { ...EMPTY_CONTACT, name: 'Ana', mails };

  const after = contactWith(sent(formOf(before), { note: 'vue' }), before);

  expect(after.note).toBe('vue');
  expect(after.mails).toEqual(mails);
});

it('keeps a category with a comma in it, and takes out what is taken out', () => {
  const before = { ...EMPTY_CONTACT, name: 'Ana', categories: ['Paris, France', 'Autre', 'Club'] };
  const form = formOf(before);

  expect(contactWith(sent(form), before).categories).toEqual(before.categories);
  expect(
    contactWith(sent(form, { categories: 'Paris, France, Club, Neuf' }), before).categories,
  ).toEqual(['Paris, France', 'Club', 'Neuf']);
  expect(contactWith(sent(form, { categories: 'Paris, Autre' }), before).categories).toEqual([
    'Paris',
    'Autre',
  ]);
});

it.each(['\u202e', '\u200b\u2060', '\u3164', '\u2800 \u00ad'])(
  'takes no name that nobody sees: %j',
  (name) => {
    const form = sent(formOf(EMPTY_CONTACT), { name });

    expect(errorsOf(form)).toEqual([{ field: 'name', key: 'contacts:error.name' }]);
    expect(errorsOf(sent(form, { nickname: 'Zo' }))).toEqual([]);
  },
);

it('writes what stands as it is read', () => {
  const form = sent(formOf(EMPTY_CONTACT), { name: 'a\u202egnp.exe', note: 'un\n\u2067deux' });

  expect(contactWith(form)).toMatchObject({ name: 'agnp.exe', note: 'un\ndeux' });
});

it('shows nothing that turns what is around it, and names a card by what is seen', () => {
  const read = (...lines: readonly string[]) =>
    readCard(['BEGIN:VCARD', 'VERSION:4.0', ...lines, 'END:VCARD', ''].join('\r\n'));

  expect(read('UID:u\u202e1', 'FN:a\u202egnp.exe', 'NOTE:un\\n\u2066deux')).toMatchObject({
    uid: 'u\u202e1',
    name: 'agnp.exe',
    note: 'un\ndeux',
  });
  expect(read('FN:\u200b', 'N:\u200b;;;;', 'EMAIL:zo@test.example').name).toBe('zo@test.example');
});

it.each([
  ['31/12/1980', '1980-12-31'],
  ['1980-12-31', '1980-12-31'],
  ['31 décembre 1980', '1980-12-31'],
  ['1er Janv. 1980', '1980-01-01'],
  ['December 31, 1980', '1980-12-31'],
  ['29 February', '--02-29'],
  ['3 juin', '--06-03'],
  ['', ''],
  ['29 février 1981', undefined],
  ['3 jui 1980', undefined],
  ['3 brumaire 1980', undefined],
  ['le 3 mai ou peut-être le 4, il faut demander', undefined],
])('takes a day as it is written: %j', (text, day) => {
  expect(dayOf(text)).toBe(day);
});

it('says how a day is written, not how long it may be', () => {
  const form = sent(formOf(EMPTY_CONTACT), {
    name: 'Zo',
    birthday: `31 décembre 1980 ${'x'.repeat(40)}`,
  });

  expect(errorsOf(form)).toEqual([{ field: 'birthday', key: 'contacts:error.day' }]);
});

it.each([
  ['1980-04-12', 'fr', '12/04/1980'],
  ['--04-12', 'fr', '12/04'],
  ['1980-04-12', 'en', '12 April 1980'],
  ['--04-02', 'en', '2 April'],
  ['about 1980', 'en', 'about 1980'],
] as const)('shows %s in %s so that it is read and typed alike', (day, locale, text) => {
  expect(dayText(day, locale)).toBe(text);
  if (text !== day) expect(dayOf(text)).toBe(day);
});
