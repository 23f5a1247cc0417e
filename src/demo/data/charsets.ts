import { type Curiosity, colleague, letter } from './curiosity';
import { textEntity } from './mime';
import { OUTSIDERS } from './people';

const latin: Curiosity = (scene) =>
  letter(
    scene,
    colleague(scene, 0),
    'Réunion décalée à la salle Équinoxe',
    textEntity(
      "Bonjour,\n\nLa réunion prévue cet après-midi est décalée d'une heure.\n\nÀ tout à l'heure.",
      {
        charset: 'iso-8859-1',
        encoding: '8bit',
      },
    ),
    {
      // Some programs still put raw bytes in the subject.
      headers: [['Subject', 'Réunion décalée à la salle Équinoxe']],
    },
  );

const windows: Curiosity = (scene) =>
  letter(
    scene,
    OUTSIDERS.imprimerie,
    'Facture n° 2026-114 – 1 250,00 €',
    textEntity(
      'Bonjour,\n\nVotre facture s’élève à 1 250,00 € hors taxes. Merci d’indiquer la référence « Saisons 114 » sur le virement…\n\nL’équipe de l’imprimerie',
      { charset: 'windows-1252', encoding: '8bit' },
    ),
    { charset: 'windows-1252' },
  );

const latin9: Curiosity = (scene) =>
  letter(
    scene,
    OUTSIDERS.lycee,
    'Subvention de 300 € pour le projet « œil du ciel »',
    textEntity(
      'Bonjour,\n\nLe projet « œil du ciel » a reçu une subvention de 300 €. Les élèves de seconde commencent en janvier.\n\nLa documentaliste',
      { charset: 'iso-8859-15' },
    ),
    { charset: 'iso-8859-15' },
  );

const japanese: Curiosity = (scene) =>
  letter(
    scene,
    OUTSIDERS.tokyo,
    '観測データについて',
    textEntity(
      'こんにちは。\n\n先月の観測データをお送りいただき、ありがとうございます。\n来年も協力を続けたいと思います。\n\n気象研究所',
      { charset: 'iso-2022-jp', encoding: '8bit' },
    ),
    { charset: 'iso-2022-jp' },
  );

const cyrillic: Curiosity = (scene) =>
  letter(
    scene,
    OUTSIDERS.sofia,
    'Обмен архивными данными',
    textEntity(
      'Здравствуйте!\n\nБлагодарим за карты облачности. Отправляем наши наблюдения за март.',
      {
        charset: 'koi8-r',
        encoding: '8bit',
      },
    ),
    { charset: 'koi8-r' },
  );

const utf7: Curiosity = (scene) =>
  letter(
    scene,
    OUTSIDERS.syndicat,
    'Compte rendu de l’assemblée générale',
    textEntity(
      'Bonjour,\n\nLe compte rendu est adopté à l’unanimité : 12 + 3 voix, 1 500 € de budget.\n\nÀ bientôt, la secrétaire de séance',
      { charset: 'utf-7', encoding: '7bit' },
    ),
    { charset: 'utf-7' },
  );

const mislabelled: Curiosity = (scene) =>
  letter(
    scene,
    OUTSIDERS.transport,
    'Horaires d’été de la navette',
    textEntity(
      'Bonjour,\n\nL’été, la navette passe toutes les trente minutes, même à l’arrêt « Forêt ».',
      {
        encoding: '8bit',
        label: 'iso-8859-1',
      },
    ),
  );

/** Text in the charsets that mail still comes in, and one that is not what it says. */
export const CHARSETS: readonly Curiosity[] = [
  latin,
  windows,
  latin9,
  japanese,
  cyrillic,
  utf7,
  mislabelled,
];
