import { type PluginTest, slowdown } from 'estafette/plugin/testing';
import { start, wordAsked } from './kit';

let test: PluginTest;
beforeAll(async () => {
  test = await start();
});
afterAll(() => test.stop());

describe('words that announce an attachment', () => {
  it.each([
    ['Vous trouverez ci-joint le compte rendu.', 'ci-joint'],
    ['Le compte rendu est ci joint.', 'ci joint'],
    ['Veuillez trouver la note CI-JOINTE', 'CI-JOINTE'],
    ['Les notes ci‑jointes', 'ci-jointes'], // non-breaking hyphen
    ['Les documents ci-joints, merci', 'ci-joints'],
    ['Le formulaire ci-inclus est à signer', 'ci-inclus'],
    ['Voir pièce jointe', 'pièce jointe'],
    ['voir pieces\u00a0jointes', 'pieces jointes'],
    ['Voir la pièce\njointe', 'pièce jointe'],
    ['voir la pie\u0300ce jointe', 'pièce jointe'], // decomposed accent
    ['Tout est dans la PJ.', 'PJ'],
    ['cf. P.J.', 'P.J'],
    ['Le détail figure en annexe.', 'en annexe'],
    ['Le tableau annexé fait foi', 'annexé'],
    ['la liste annexée', 'annexée'],
    ['Le plan est joint à ce message', 'joint à ce message'],
    ['la note jointe au présent courriel', 'jointe au présent courriel'],
    ['Je joins le devis', 'Je joins'],
    ['Je vous joins le devis', 'Je vous joins'],
    ['Vous trouverez joint le devis', 'Vous trouverez joint'],
    ['cf. fichiers joints', 'fichiers joints'],
    ['le document joint est à jour', 'document joint'],
    ['Please find attached the report', 'Please find attached'],
    ['See attached.', 'See attached'],
    ['The attachments are large', 'attachments'],
    ['I’m attaching the minutes', "I'm attaching"],
    ['The form is enclosed', 'enclosed'],
    ['Le ci\u00adjoint', undefined], // a soft hyphen is no hyphen
  ])('%j → %j', async (text, word) => {
    expect(await wordAsked(test, text)).toBe(word);
  });
});

describe('words that announce nothing', () => {
  it.each([
    'Vous pouvez me joindre au 01 00 00 00 00.',
    'Il faut joindre Paul par téléphone.',
    "L'adjoint au maire et son conjoint",
    'Point à l’ordre du jour',
    "L’annexe du bâtiment B est fermée ; l'annexe aussi.",
    'Les pjs du dossier', // not capitals
    'La sapj de la région',
    'Ce message est sans pièce jointe.',
    'Il n’y a pas de pièce jointe.',
    'aucune pièce jointe cette fois',
    'This one has no attachments.',
    "It isn't attached yet",
    'without the attachment',
    'pièce par pièce, jointe après jointe',
    'La pièce est propre.\n\nJointe hier, Marie viendra.',
    '',
  ])('%j', async (text) => {
    expect(await wordAsked(test, text)).toBeUndefined();
  });

  it('still asks when only another sentence denies', async () => {
    expect(await wordAsked(test, 'Pas de réunion. Pièce jointe à lire.')).toBe('Pièce jointe');
    expect(await wordAsked(test, 'Sans pièce jointe hier ; ci-joint la note.')).toBe('ci-joint');
  });
});

describe('text of somebody else', () => {
  const quote = '> Vous trouverez ci-joint le rapport.\n> Cordialement';

  it.each([
    ['quoted lines', `Bien reçu, merci.\n\n${quote}`],
    [
      'the line that introduces a quote',
      `Merci.\n\nLe 3 mars 2026, Service des pièces jointes a écrit :\n${quote}`,
    ],
    [
      'an introduction broken over two lines',
      `Merci.\n\nOn 3 March 2026, Attachments Desk <desk@example.org>\nwrote:\n\n${quote}`,
    ],
    ['an original below a separator', "Merci\n\n-----Message d'origine-----\nVoir pièce jointe."],
    [
      'a forwarded message',
      'Pour info.\n\n-------- Message transféré --------\nSujet : x\n\nci-joint le plan',
    ],
    ['a message forwarded by a telephone', 'Vu.\n\nBegin forwarded message:\n\nsee attached'],
    [
      'an original below a block of headers',
      'Bonjour,\nmerci.\n\nDe : Paul <p@b.example>\nEnvoyé : lundi\nÀ : moi\nObjet : plan\n\nci-joint le plan',
    ],
    ['a signature', 'Merci\n\n-- \nPaul\nLes pièces jointes peuvent contenir des virus.'],
    ['a signature whose space was lost', 'Merci\n--\nPaul, bureau des pièces jointes'],
  ])('leaves out %s', async (_what, text) => {
    expect(await wordAsked(test, text)).toBeUndefined();
  });

  it('reads what is written around and below a quote', async () => {
    expect(await wordAsked(test, `${quote}\n\nci-joint ma réponse`)).toBe('ci-joint');
    expect(await wordAsked(test, `-- \nPaul\n\n${quote}\n\nci-joint ma réponse`)).toBe('ci-joint');
    expect(await wordAsked(test, `Voir ci-joint :\n${quote}`)).toBe('ci-joint');
    expect(await wordAsked(test, 'De : Paris\nÀ : Lyon\nci-joint le billet')).toBe('ci-joint');
  });
});

describe('hostile text', () => {
  const MB = 1_000_000;

  const plain = 'lorem ipsum dolor sit amet '.repeat(MB / 27);

  it.each([
    ['one long line of words', 'piece '.repeat(MB / 6)],
    ['one word', 'a'.repeat(MB)],
    ['spaces after a word of the list', `pièce${' '.repeat(MB)}jointe`],
    ['many starts of a phrase', 'je vous '.repeat(MB / 8)],
    ['quotes and blank lines', '> a\n\n'.repeat(MB / 5)],
    ['header lines', 'De : a\n'.repeat(MB / 7)],
    ['hyphens', '-'.repeat(MB)],
    ['negations', 'sans la '.repeat(MB / 8)],
  ])('takes time in proportion to its size: %s', async (_what, text) => {
    // Quadratic work on a megabyte would be thousands of times slower.
    expect(
      await slowdown(
        () => wordAsked(test, text),
        () => wordAsked(test, plain),
      ),
    ).toBeLessThan(40);
  });
});
