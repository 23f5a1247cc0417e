import type { OUTSIDERS } from './people';

/** A letter from outside the ministry. */
export interface Letter {
  readonly from: keyof typeof OUTSIDERS;
  readonly subject: string;
  readonly text: string;
  readonly file?: string;
  /** Sent as HTML with a text alternative. */
  readonly rich?: boolean;
}

export const LETTERS: readonly Letter[] = [
  {
    from: 'quatreVents',
    subject: 'Session de décembre : programme et inscriptions',
    text: 'Madame, Monsieur,\n\nNous avons le plaisir de vous adresser le programme de la session de décembre, consacrée à la lecture des cartes anciennes. Les inscriptions sont ouvertes jusqu’au {date}, dans la limite de vingt places.\n\nLe déjeuner est compris. Merci de nous signaler tout besoin particulier.',
    file: 'programme-decembre.pdf',
    rich: true,
  },
  {
    from: 'mairie',
    subject: 'Convention de partenariat, version signée',
    text: 'Bonjour,\n\nVeuillez trouver ci-joint la convention signée par Madame le Maire. Un exemplaire papier vous parviendra par la poste. Nous restons à votre disposition pour fixer la date de la première réunion.',
    file: 'convention-signee.pdf',
  },
  {
    from: 'grandLarge',
    subject: 'Remerciements pour votre accueil du {passé}',
    text: 'Bonjour {prénom},\n\nToute l’association vous remercie pour votre accueil. Les enfants parlent encore du baromètre géant et l’un d’eux note chaque matin la couleur du ciel dans un cahier.\n\nAu plaisir de vous recevoir à notre tour.',
    rich: true,
  },
  {
    from: 'imprimerie',
    subject: 'Devis n° {n} : dépliants et affiches',
    text: 'Bonjour,\n\nSuite à votre demande, voici notre devis pour 2 000 dépliants et 50 affiches. Il est valable trente jours. Délai de fabrication : huit jours ouvrés à compter du bon à tirer.',
    file: 'devis.pdf',
  },
  {
    from: 'universite',
    subject: 'Données de {lieu} pour un mémoire',
    text: 'Bonjour,\n\nL’une de mes étudiantes prépare un mémoire sur les gelées tardives. Serait-il possible d’obtenir vos relevés de {lieu} sur les dix dernières années, à un pas journalier ? Nous citerons bien entendu la source.\n\nBien cordialement,\nAurélien Moulinet',
  },
  {
    from: 'lycee',
    subject: 'Visite d’une classe de seconde',
    text: 'Madame, Monsieur,\n\nNous souhaitons organiser la visite de vos locaux pour une classe de seconde (28 élèves, trois accompagnateurs) au cours du mois prochain. Un mardi ou un jeudi nous conviendrait le mieux.',
    rich: true,
  },
  {
    from: 'habitante',
    subject: 'Le cerisier de la place',
    text: 'Bonjour,\n\nLe cerisier de la place a fleuri en novembre. Je vous joins une photo prise ce matin. Est-ce fréquent, et faut-il le signaler quelque part ?\n\nMerci de votre attention,\nRosalie Peuplier',
    file: 'cerisier.jpg',
  },
  {
    from: 'habitant',
    subject: 'Réclamation sur l’horaire du guichet',
    text: 'Bonjour,\n\nJe me suis présenté mardi à 16 h 40 et j’ai trouvé porte close, alors que l’affiche indique 17 h. J’avais posé une demi-journée. Pourriez-vous mettre l’affiche à jour, ou le guichet ?\n\nM. Ajonc',
  },
  {
    from: 'syndicat',
    subject: 'Niveau du bassin au {passé}',
    text: 'Bonjour,\n\nLe niveau du bassin est de {n} cm à l’échelle, en baisse de quatre centimètres sur la semaine. Aucune restriction n’est envisagée. Prochain bulletin dans quinze jours.',
    file: 'niveaux.ods',
  },
  {
    from: 'transport',
    subject: 'Travaux sur la ligne du plateau',
    text: 'Bonjour,\n\nEn raison de travaux, l’arrêt « Ministère » sera reporté de cent mètres, devant la boulangerie, jusqu’au {date}. Les horaires ne changent pas. Nous vous prions d’excuser la gêne occasionnée.',
    rich: true,
  },
  {
    from: 'universite',
    subject: 'Colloque « Prévoir sans prédire »',
    text: 'Chers collègues,\n\nLe colloque « Prévoir sans prédire » se tiendra à l’université des Brumes. L’appel à communications court jusqu’au {date2}. Nous serions heureux d’y compter une intervention de votre service.',
    file: 'appel.pdf',
    rich: true,
  },
  {
    from: 'mairie',
    subject: 'Fête du village : prêt d’une station de mesure',
    text: 'Bonjour,\n\nPour la fête du village, pourriez-vous nous prêter la petite station de mesure, comme il y a deux ans ? Nous viendrions la chercher la veille et vous la rendrions le lundi, nettoyée.',
  },
  {
    from: 'grandLarge',
    subject: 'Assemblée générale de l’association',
    text: 'Bonjour,\n\nVous êtes cordialement invités à notre assemblée générale, le {date} à {heure}, dans la grande salle. À l’ordre du jour : bilan de l’année, renouvellement du bureau et projet de sentier.',
    rich: true,
  },
  {
    from: 'habitante',
    subject: 'Re: Votre réponse au sujet du cerisier',
    text: 'Bonjour,\n\nMerci pour votre réponse si rapide et si claire. J’ai transmis la fiche d’observation à ma voisine, qui a un abricotier tout aussi distrait.\n\nBien à vous,\nRosalie Peuplier',
  },
];
