/** A series of newsletters in HTML, with remote images and the headers of a list. */
export interface Bulletin {
  readonly name: string;
  readonly mail: string;
  readonly listId: string;
  /** Its pictures are on the server of the demo; those of the others are on servers long gone. */
  readonly hasPictures?: boolean;
  readonly titles: readonly string[];
  readonly articles: readonly (readonly [string, string])[];
}

export const BULLETINS: readonly Bulletin[] = [
  {
    name: 'La Lettre des saisons',
    mail: 'lettre@lettre-saisons.example',
    listId: 'lettre.lettre-saisons.example',
    hasPictures: true,
    titles: [
      'Brumes d’automne : apprendre à les reconnaître',
      'Le gel, cet artiste discret',
      'Pourquoi les feuilles changent-elles de couleur ?',
      'Vents d’ouest, mode d’emploi',
      'Un hiver de cartes et de carnets',
    ],
    articles: [
      [
        'Le chiffre du mois',
        'Dans nos stations, {n} heures d’ensoleillement ont été relevées, un peu plus que l’an dernier à la même date.',
      ],
      [
        'Portrait',
        'Depuis trente ans, Marguerite note la première hirondelle. Elle nous ouvre ses carnets.',
      ],
      [
        'À lire',
        'L’atlas des brouillards vient de paraître : cent cartes et presque autant d’éclaircies.',
      ],
      [
        'Agenda',
        'Portes ouvertes à {lieu} le {date} : visite des instruments et atelier pour les enfants.',
      ],
    ],
  },
  {
    name: 'Veille du littoral',
    mail: 'veille@littoral-info.example',
    listId: 'veille.littoral-info.example',
    hasPictures: true,
    titles: [
      'Grandes marées : les dates à retenir',
      'Estrans : le bilan du nettoyage',
      'Un phare rallumé pour une nuit',
      'Dunes : planter, attendre, recommencer',
    ],
    articles: [
      [
        'Coefficients',
        'La prochaine grande marée est attendue le {date}. Prudence sur les bancs de sable.',
      ],
      ['Chantier', 'La digue de {lieu} est consolidée ; la promenade rouvre {jour}.'],
      ['Rencontre', 'Une gardienne de phare raconte ses nuits, entre lecture et relevés.'],
    ],
  },
  {
    name: 'Bibliothèque du plateau',
    mail: 'nouveautes@bibliotheque-plateau.example',
    listId: 'nouveautes.bibliotheque-plateau.example',
    titles: [
      'Nos nouveautés du mois',
      'Lire au coin du poêle',
      'Rencontre avec une cartographe',
      'Prix des lecteurs : votez !',
    ],
    articles: [
      ['Roman', 'Une île, deux sœurs, un baromètre : le récit lent et beau d’un hiver.'],
      ['Jeunesse', 'Le nuage qui voulait rester, album à partir de quatre ans.'],
      ['Pratique', 'Reconnaître cent arbres à leur écorce, au format de poche.'],
    ],
  },
  {
    name: 'Fournitures & Papier',
    mail: 'offres@fournitures-papier.example',
    listId: 'offres.fournitures-papier.example',
    titles: [
      'Classeurs : moins 20 % jusqu’à {jour}',
      'Le retour des carnets à spirale',
      'Vos stylos préférés sont de nouveau disponibles',
      'Livraison offerte cette semaine',
    ],
    articles: [
      [
        'Sélection',
        'Ramettes recyclées, chemises de couleur, encre végétale : notre choix pour les bureaux.',
      ],
      ['Conseil', 'Comment ranger mille feuilles sans en perdre une seule.'],
    ],
  },
  {
    name: 'Agenda culturel de la vallée',
    mail: 'agenda@vallee-culture.example',
    listId: 'agenda.vallee-culture.example',
    titles: [
      'Cette semaine : contes, jazz et chrysanthèmes',
      'Théâtre, marché, cinéma : sept idées de sortie',
      'Le festival des lanternes dévoile son programme',
      'Concert au kiosque ce samedi',
    ],
    articles: [
      ['Mercredi', 'Heure du conte à {heure}, entrée libre, goûter offert.'],
      ['Vendredi', 'Le trio Estuaire joue à {lieu}. Réservation conseillée.'],
      ['Dimanche', 'Visite guidée de la ville haute, départ devant la fontaine.'],
    ],
  },
];
