import { EMPTY_CONTACT } from '../card';
import { contactWith, formOf, sentForm } from '../pages/form';

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
