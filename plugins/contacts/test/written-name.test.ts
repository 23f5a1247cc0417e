import { writtenName } from '../pages/written-name';

it.each([
  // As administrations write names.
  ['CLAIRBOIS Linh', { family: 'CLAIRBOIS', given: 'Linh' }],
  ['CLAIRBOIS Linh (DSI)', { family: 'CLAIRBOIS', given: 'Linh', unit: 'DSI' }],
  ['Linh CLAIRBOIS', { family: 'CLAIRBOIS', given: 'Linh' }],
  ['LE GALL-MARTIN Anne Marie', { family: 'LE GALL-MARTIN', given: 'Anne Marie' }],
  ['Jean de LA TOUR', { family: 'de LA TOUR', given: 'Jean' }],
  ["O'NEIL Aïcha [SG/DRH]", { family: "O'NEIL", given: 'Aïcha', unit: 'SG/DRH' }],
  ['CLAIRBOIS Linh - SG/DSI', { family: 'CLAIRBOIS', given: 'Linh', unit: 'SG/DSI' }],
  ['ÉCLAIR Hélène (DSI) (adjointe)', { family: 'ÉCLAIR', given: 'Hélène', unit: 'DSI, adjointe' }],
  ['Mme CLAIRBOIS Linh', { prefix: 'Mme', family: 'CLAIRBOIS', given: 'Linh' }],
  // As directories do.
  ['Clairbois, Linh', { family: 'Clairbois', given: 'Linh' }],
  ['CLAIRBOIS, Linh (DSI)', { family: 'CLAIRBOIS', given: 'Linh', unit: 'DSI' }],
  ['de la Tour, Jean', { family: 'de la Tour', given: 'Jean' }],
  // As everybody does.
  ['Linh Clairbois', { given: 'Linh', family: 'Clairbois' }],
  ['Jean de la Tour', { given: 'Jean', family: 'de la Tour' }],
  ['Jean-Luc M. Martin', { given: 'Jean-Luc', family: 'M. Martin' }],
  ['J. Martin', { given: 'J.', family: 'Martin' }],
  // What says nothing stays as it was written.
  ['CLAIRBOIS LINH', { given: 'CLAIRBOIS', family: 'LINH' }],
  ['Linh', { given: 'Linh' }],
  ['SIAF', { given: 'SIAF' }],
  ['(DSI)', { given: '(DSI)' }],
  ['a, b, c', { given: 'a,', family: 'b, c' }],
  ['', {}],
])('reads %p', (text, expected) => {
  expect(writtenName(text)).toEqual({ prefix: '', given: '', family: '', unit: '', ...expected });
});
