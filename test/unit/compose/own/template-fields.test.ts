import { filledText, namesOf } from '../../../../src/compose/own/template-fields';

it.each([
  ['Odile Tramontane', 'Odile', 'Tramontane'],
  ['TRAMONTANE Odile (DSI)', 'Odile', 'TRAMONTANE'],
  ['Odile DE TRAMONTANE', 'Odile', 'DE TRAMONTANE'],
  ['Tramontane, Odile', 'Odile', 'Tramontane'],
  ['Odile', 'Odile', ''],
  ['"Jean-Paul Grand Vent"', 'Jean-Paul', 'Grand Vent'],
  ['', '', ''],
])('knows the names in « %s »', (name, first, last) => {
  expect(namesOf(name)).toEqual({ first, last });
});

const VALUES = {
  recipient: { name: 'Odile <b>Tramontane', mail: 'odile@saisons.example' },
  sender: 'Théo',
  date: '24 novembre 2026',
  subject: '',
};

it('fills what it knows, in both languages, and leaves the rest to be seen', () => {
  expect(
    filledText('{{Prénom}} {{ NOM }}, {{date}} {{first name}} {{moi}} {{objet}} {{ville}}', VALUES),
  ).toBe('Odile <b>Tramontane, 24 novembre 2026 Odile Théo {{objet}} {{ville}}');
  expect(filledText('{{prénom}}', { ...VALUES, recipient: undefined })).toBe('{{prénom}}');
});

it('never fills with a field, nor with HTML where it is HTML', () => {
  const recipient = { name: '{{moi}}', mail: 'x@y.example' };
  expect(filledText('{{destinataire}}', { ...VALUES, recipient })).toBe('{{moi}}');
  expect(filledText('{{nom}}', VALUES, (value) => value.replace('<', '&lt;'))).toBe(
    '&lt;b>Tramontane',
  );
});
