/** Short messages sent by the ministry's offices and machines. */
export interface Notice {
  readonly from: 'rh' | 'assistance' | 'courrier' | 'logistique' | 'communication' | 'restauration';
  readonly subject: string;
  readonly text: string;
  readonly file?: string;
}

export const NOTICES: readonly Notice[] = [
  {
    from: 'assistance',
    subject: 'Votre demande n° {n3} est enregistrée',
    text: 'Bonjour,\n\nVotre demande n° {n3} est enregistrée. Elle sera traitée dans l’ordre d’arrivée, en général sous deux jours ouvrés. Il est inutile de la renvoyer.',
  },
  {
    from: 'assistance',
    subject: 'Votre demande n° {n3} est résolue',
    text: 'Bonjour,\n\nVotre demande n° {n3} est résolue. Si ce n’est pas le cas, répondez à ce message dans les sept jours : elle sera rouverte avec son historique.',
  },
  {
    from: 'assistance',
    subject: 'Interruption de service {jour} de 12 h à 13 h',
    text: 'Bonjour,\n\nL’espace partagé sera indisponible {jour} de 12 h à 13 h pour une mise à jour. Pensez à enregistrer vos documents. La messagerie et l’annuaire ne sont pas concernés.',
  },
  {
    from: 'rh',
    subject: 'Campagne d’entretiens : calendrier et formulaire',
    text: 'Bonjour,\n\nLa campagne des entretiens annuels s’ouvre le {date}. Vous trouverez ci-joint le formulaire, à préparer avant votre rendez-vous. Votre responsable vous proposera une date.',
    file: 'formulaire-entretien.odt',
  },
  {
    from: 'rh',
    subject: 'Soldes de congés au {passé}',
    text: 'Bonjour,\n\nVotre solde de congés s’élève à {n2} jours. Les jours non pris peuvent être reportés jusqu’au 31 mars, sur simple demande.',
  },
  {
    from: 'rh',
    subject: 'Formation : inscriptions du trimestre',
    text: 'Bonjour,\n\nLe catalogue des formations du trimestre est en ligne. Au programme : rédiger simplement, animer une réunion à distance, premiers secours. Inscriptions jusqu’au {date}.',
  },
  {
    from: 'courrier',
    subject: 'Horaires de la navette à partir du {date}',
    text: 'Bonjour,\n\nÀ partir du {date}, la navette du courrier passe à 9 h 30 et à 15 h. Les plis déposés après 15 h partent le lendemain.',
  },
  {
    from: 'courrier',
    subject: 'Un recommandé vous attend',
    text: 'Bonjour,\n\nUn pli recommandé est arrivé à votre nom. Il est conservé au guichet jusqu’au {date}. Pensez à votre badge.',
  },
  {
    from: 'logistique',
    subject: 'Exercice d’évacuation {jour} à {heure}',
    text: 'Bonjour,\n\nUn exercice d’évacuation aura lieu {jour} vers {heure}. Au signal, quittez les bureaux sans courir et rejoignez le tilleul. Merci aux guides-files de passer prendre leur gilet.',
  },
  {
    from: 'logistique',
    subject: 'Nettoyage des vitres, façade sud',
    text: 'Bonjour,\n\nLes vitres de la façade sud seront nettoyées {jour}. Merci de dégager les rebords et de fermer les fenêtres avant 8 h.',
  },
  {
    from: 'logistique',
    subject: 'Réservation confirmée : salle {salle}, {jour} {heure}',
    text: 'Bonjour,\n\nVotre réservation de la salle {salle} est confirmée pour {jour} à {heure}. Capacité : {n2} personnes. Le matériel de projection est à demander à l’accueil.',
  },
  {
    from: 'communication',
    subject: 'La lettre interne n° {n}',
    text: 'Bonjour,\n\nAu sommaire de la lettre interne : les chantiers du trimestre, le portrait d’une observatrice, les photos du concours « Ciel du matin » et trois recettes de saison.',
    file: 'lettre-interne.pdf',
  },
  {
    from: 'communication',
    subject: 'Concours photo : les résultats',
    text: 'Bonjour,\n\nLe jury a délibéré : le premier prix revient à « Givre sur fil », le deuxième à « Quai numéro deux ». Toutes les images sont exposées dans le hall jusqu’au {date}. Bravo à tous !',
    file: 'laureats.jpg',
  },
  {
    from: 'restauration',
    subject: 'Menus de la semaine',
    text: 'Bonjour,\n\nLundi : velouté de potiron, gratin de légumes. Mardi : poisson du marché. Mercredi : menu végétarien. Jeudi : blanquette. Vendredi : tarte aux poireaux.\n\nBon appétit !',
    file: 'menus.pdf',
  },
  {
    from: 'restauration',
    subject: 'Repas de fin d’année : inscriptions',
    text: 'Bonjour,\n\nLe repas de fin d’année aura lieu le {date}. Deux menus sont proposés, dont un sans viande. Inscription auprès de la caisse avant {jour}.',
  },
];
