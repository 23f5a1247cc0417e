/**
 * A conversation between agents: subject, first message, answers in order. `{…}` are replaced by
 * the vocabulary; `file` names an attachment of the first message.
 */
export interface Conversation {
  readonly subject: string;
  readonly opening: string;
  readonly answers: readonly string[];
  readonly file?: string;
  readonly folder?: 'Projets/Observatoire' | 'Projets/Recrutement 2027';
}

export const CONVERSATIONS: readonly Conversation[] = [
  {
    subject: 'Compte rendu du comité de pilotage du {passé}',
    opening:
      'Bonjour à toutes et à tous,\n\nVous trouverez ci-joint le compte rendu du comité de pilotage du {passé}. Trois points demandent une suite avant la fin du mois :\n\n- le choix du prestataire pour les relevés de {lieu} ;\n- la note de cadrage sur le calendrier, à relire par {collègue} ;\n- la réponse à la mairie au sujet du stationnement.\n\nMerci de me signaler toute erreur d’ici {jour}.',
    answers: [
      'Merci pour ce compte rendu très complet. Une précision : au point 2, la date retenue est bien le {date2}, et non la semaine suivante.',
      'Bien noté. Je me charge de la réponse à la mairie et je vous mets en copie.',
      'C’est corrigé dans la version déposée sur l’espace partagé. Merci de votre vigilance.',
    ],
    file: 'compte-rendu-copil.odt',
    folder: 'Projets/Observatoire',
  },
  {
    subject: 'Planning des permanences de fin d’année',
    opening:
      'Bonjour,\n\nComme chaque année, il nous faut assurer une permanence entre le 24 décembre et le 2 janvier. Pouvez-vous m’indiquer vos préférences avant {jour} ? J’essaierai d’en tenir compte, dans l’ordre des réponses.',
    answers: [
      'Je peux prendre le 26 et le 27, je reste dans la région.',
      'De mon côté je préférerais le 30 : ma fille arrive le 28 au soir.',
      'Merci à vous deux. Il manque encore quelqu’un pour le 31 au matin, qui se dévoue ?',
      'Je prends le 31 au matin, à condition qu’il reste du café.',
      'Le planning est complet, merci beaucoup. Il sera affiché en salle {salle}.',
    ],
  },
  {
    subject: 'Relecture de la note sur les équinoxes avant vendredi midi',
    opening:
      'Bonjour {prénom},\n\nPeux-tu relire la note jointe avant vendredi midi ? Je m’interroge surtout sur le paragraphe 3 : le chiffre de {n} stations me paraît élevé et je n’en retrouve pas la source.\n\nMerci d’avance.',
    answers: [
      'Je l’ai relue dans le train. Le chiffre vient du recensement de l’an dernier, mais il compte les stations fermées. Je propose « une trentaine de stations en service ».',
      'Parfait, je reprends ta formulation et je transmets à la direction.',
    ],
    file: 'note-equinoxes.pdf',
  },
  {
    subject: 'Demande de matériel – bureau {n}',
    opening:
      'Bonjour,\n\nL’écran du bureau {n} scintille depuis lundi et la chaise de l’entrée ne tient plus en hauteur. Serait-il possible de prévoir leur remplacement ? Rien d’urgent, mais une visite avant la fin du mois serait bienvenue.',
    answers: [
      'Un écran est disponible en réserve, je le dépose {jour} matin. Pour la chaise, la commande part cette semaine.',
      'L’écran est installé, merci infiniment.',
    ],
  },
  {
    subject: 'Accès au bâtiment C pendant les travaux',
    opening:
      'Bonjour,\n\nÀ partir du {date}, l’entrée principale du bâtiment C sera fermée. On passera par la cour, côté {lieu}. Les visiteurs doivent être annoncés la veille, avec leur nom et l’heure de leur venue.\n\nLa durée annoncée est de six semaines.',
    answers: [
      'Les livraisons passeront-elles aussi par la cour ? Le camion du mardi est assez haut.',
      'Non, les livraisons gardent le quai nord. Seuls les piétons sont concernés.',
    ],
  },
  {
    subject: 'Proposition de date pour l’atelier « Feuilles mortes »',
    opening:
      'Bonjour,\n\nPour l’atelier « Feuilles mortes », je propose le {date} à {heure}, en salle {salle}. Nous serions une douzaine. Si cette date ne vous convient pas, dites-le-moi rapidement : la salle est très demandée.',
    answers: [
      'Cette date me convient. Faut-il apporter les planches de l’an dernier ?',
      'Oui, volontiers, surtout celles du parc. Je m’occupe des loupes.',
      'Je serai là, avec un léger retard : réunion à l’autre bout de la ville.',
    ],
  },
  {
    subject: 'Statistiques de fréquentation, {mois}',
    opening:
      'Bonjour,\n\nVoici le tableau de fréquentation de {mois}. On compte {n} visites, en légère hausse. Le pic du mercredi se confirme ; la matinée du lundi reste très calme.\n\nJe peux détailler par guichet si c’est utile.',
    answers: [
      'Merci. Oui, le détail par guichet m’intéresse, au moins pour la semaine des vacances.',
      'Le voici en pièce jointe de mon prochain message, le temps de vérifier deux lignes.',
    ],
    file: 'frequentation.ods',
    folder: 'Projets/Observatoire',
  },
  {
    subject: 'Départ de Jeanne : participation à la carte',
    opening:
      'Bonjour à tous,\n\nJeanne nous quitte à la fin du mois pour rejoindre le musée des Nuages. Une carte circule au deuxième étage, et une enveloppe dans le bureau {n}. Le pot aura lieu le {date} à {heure}.',
    answers: [
      'Merci d’y avoir pensé. Je passe signer demain.',
      'Je ne serai pas là ce jour-là, peux-tu signer pour moi ? J’ai laissé ma participation à l’accueil.',
      'C’est fait. Il reste de la place pour un petit mot au dos.',
      'J’apporte un gâteau aux noix, prévoyez des assiettes.',
    ],
  },
  {
    subject: 'Ordre du jour du comité de pilotage',
    opening:
      'Bonjour,\n\nJe vous propose l’ordre du jour suivant pour le {date} :\n\n1. Approbation du dernier compte rendu\n2. Avancement des relevés à {lieu}\n3. Budget de l’année prochaine\n4. Questions diverses\n\nMerci de m’envoyer vos remarques et vos documents avant {jour}.',
    answers: [
      'Peux-tu ajouter un point sur les stagiaires ? Dix minutes suffiront.',
      'C’est ajouté, en point 4. Les questions diverses passent en 5.',
    ],
    folder: 'Projets/Observatoire',
  },
  {
    subject: 'Relevés de {lieu} : une valeur étrange',
    opening:
      'Bonjour {prénom},\n\nEn reprenant les relevés de {lieu}, je tombe sur une valeur de {n} mm le {passé}, alors que les stations voisines n’ont presque rien enregistré. Capteur bouché, ou véritable averse ? Tu connais le terrain mieux que moi.',
    answers: [
      'C’est une vraie averse : j’y étais, il a plu vingt minutes sur le seul versant ouest. On peut garder la valeur en la commentant.',
      'Merci, je la garde avec une note. Belle coïncidence que tu sois passé par là.',
    ],
    folder: 'Projets/Observatoire',
  },
  {
    subject: 'Convention avec {organisme} : projet de texte',
    opening:
      'Bonjour,\n\nLe service juridique nous retourne le projet de convention avec {organisme}. Deux articles sont réécrits : la durée (trois ans au lieu de cinq) et la propriété des données. Le reste est inchangé.\n\nPouvons-nous répondre avant le {date} ?',
    answers: [
      'La durée me convient. Sur les données, je voudrais que l’on conserve le droit de publier les moyennes mensuelles.',
      'Je partage cet avis. Une phrase à la fin de l’article 7 y suffirait.',
      'Proposition transmise au service juridique, réponse attendue en fin de semaine.',
    ],
    file: 'projet-convention.odt',
  },
  {
    subject: 'Recrutement 2027 : fiches de poste',
    opening:
      'Bonjour,\n\nLa campagne de recrutement 2027 ouvre bientôt. Merci de relire les deux fiches de poste jointes, en particulier les missions et le profil attendu. La publication est prévue le {date2}.',
    answers: [
      'La première fiche est très claire. Dans la seconde, « polyvalence » ne dit pas grand-chose ; je préférerais « accueil et suivi des dossiers ».',
      'Bonne idée, je modifie. Faut-il mentionner les permanences du samedi ?',
      'Oui, mieux vaut le dire dès l’annonce : environ une par mois.',
    ],
    file: 'fiches-de-poste.pdf',
    folder: 'Projets/Recrutement 2027',
  },
  {
    subject: 'Recrutement 2027 : composition du jury',
    opening:
      'Bonjour,\n\nPour le jury du {date}, il nous faut trois membres, dont un extérieur au service. {collègue} a donné son accord. Seriez-vous disponible la journée entière, déjeuner compris ?',
    answers: [
      'Je suis disponible. Combien de candidatures faut-il lire d’ici là ?',
      'Onze dossiers, qui seront déposés lundi sur l’espace partagé.',
    ],
    folder: 'Projets/Recrutement 2027',
  },
  {
    subject: 'Entretien de {candidat}',
    opening:
      'Bonjour,\n\nL’entretien avec {candidat} a lieu le {date} à {heure}, en salle {salle}. Son dossier est en pièce jointe. J’aimerais que l’un de nous aborde l’expérience de terrain et que l’autre s’en tienne aux questions d’organisation.',
    answers: [
      'Je prends l’expérience de terrain, si cela te convient.',
      'Entendu. À {jour}, donc.',
    ],
    file: 'candidature.pdf',
    folder: 'Projets/Recrutement 2027',
  },
  {
    subject: 'Covoiturage vers {lieu}',
    opening:
      'Bonjour,\n\nJe pars à {lieu} le {date} de bonne heure et il me reste deux places. Départ à 7 h 15 devant la gare, retour vers 18 h. On peut prendre un café en route.',
    answers: [
      'Une place pour moi, merci ! J’apporte les croissants.',
      'Dommage, j’ai une réunion ce matin-là. Une prochaine fois.',
    ],
  },
  {
    subject: 'Clé de la salle {salle}',
    opening:
      'Bonjour,\n\nQuelqu’un a-t-il emporté la clé de la salle {salle} ? Elle n’est pas revenue au tableau depuis hier soir et un groupe arrive à {heure}.',
    answers: [
      'C’est moi, toutes mes excuses : elle est restée dans ma veste. Je descends.',
      'Merci, tout va bien, le groupe n’avait pas encore franchi la grille.',
    ],
  },
  {
    subject: 'Panne du chauffage, deuxième étage',
    opening:
      'Bonjour,\n\nIl fait quatorze degrés au deuxième étage ce matin. L’assistance est prévenue ; le technicien passe en fin de matinée. En attendant, la salle {salle} du rez-de-chaussée est chauffée et libre jusqu’à {heure}.',
    answers: [
      'Merci, nous nous y sommes repliés avec les dossiers.',
      'Le chauffage est reparti. Comptez deux heures avant une température agréable.',
    ],
  },
  {
    subject: 'Budget : premières hypothèses',
    opening:
      'Bonjour,\n\nVoici mes premières hypothèses pour l’an prochain. Le poste des déplacements augmente de {n2} %, le reste est stable. J’ai séparé ce qui est engagé de ce qui se discute encore.\n\nOn en parle {jour} ?',
    answers: [
      'Je suis d’accord sur l’essentiel. Peut-on isoler l’entretien des capteurs ? On nous le demandera.',
      'C’est fait, ligne 14. Le total ne change pas.',
    ],
    file: 'budget.ods',
  },
  {
    subject: 'Accueil d’une stagiaire le {date}',
    opening:
      'Bonjour,\n\nNous accueillons {stagiaire} pour deux mois à partir du {date}. Elle travaillera sur la cartographie des relevés. Son poste sera installé dans le bureau {n}. Merci de lui réserver un bon accueil.',
    answers: [
      'Avec plaisir. Je peux lui montrer les archives le premier après-midi.',
      'Je lui prépare un compte et un badge pour son arrivée.',
    ],
  },
  {
    subject: 'Modèle de courrier aux usagers',
    opening:
      'Bonjour,\n\nLe modèle de réponse aux usagers date un peu : phrases longues, sigles jamais expliqués. J’en propose une version plus simple, en pièce jointe. L’idée est que la personne sache en trois lignes ce qu’elle doit faire.',
    answers: [
      'Beaucoup mieux ! J’enlèverais encore « en vous priant de bien vouloir ».',
      'Adopté. Je fais relire par l’accueil, qui connaît les questions des gens.',
      'À l’accueil, nous l’avons testé sur trois personnes : aucune question. Bravo.',
    ],
    file: 'modele-courrier.odt',
  },
  {
    subject: 'Sortie de terrain à {lieu}',
    opening:
      'Bonjour,\n\nLa sortie à {lieu} est confirmée pour le {date}. Prévoir de bonnes chaussures, un vêtement de pluie et un pique-nique. Le bus part à {heure} précises.',
    answers: [
      'J’ai une paire de bottes en trop, taille 42, si cela intéresse quelqu’un.',
      'Très volontiers, merci ! Je passe les prendre.',
      'Météo annoncée : éclaircies. Espérons que notre propre ministère ait raison.',
    ],
  },
  {
    subject: 'Photos de l’inauguration',
    opening:
      'Bonjour,\n\nVoici quelques photos de l’inauguration de {lieu}. Les originaux sont sur l’espace partagé. Si vous préférez ne pas apparaître sur une image, dites-le-moi, je la retirerai sans discussion.',
    answers: [
      'Très belles, surtout la troisième. Pourrait-on s’en servir pour la lettre du mois ?',
      'Oui, bien sûr, avec le nom de la photographe.',
    ],
    file: 'inauguration.jpg',
  },
  {
    subject: 'Réunion de service décalée à {heure}',
    opening:
      'Bonjour,\n\nLa réunion de service de {jour} est décalée à {heure}, même salle. Toutes mes excuses pour ce changement tardif : la salle {salle} est prise par la visite de la délégation.',
    answers: ['Bien noté, merci.', 'C’est noté pour moi aussi. Je préviens {collègue}.'],
  },
  {
    subject: 'Question sur le guide des procédures',
    opening:
      'Bonjour {prénom},\n\nPage {n2} du guide des procédures, il est écrit que toute demande reçue par courriel fait l’objet d’un accusé de réception sous deux jours. Est-ce encore la règle, ou faut-il lire « deux jours ouvrés » ?',
    answers: [
      'Deux jours ouvrés, en effet. Je signale l’oubli pour la prochaine édition.',
      'Merci, je n’étais donc pas en retard !',
    ],
  },
  {
    subject: 'Mise à jour du fichier des correspondants',
    opening:
      'Bonjour,\n\nLe fichier des correspondants locaux contient {n} lignes, dont une vingtaine d’adresses qui ne répondent plus. Chacun peut-il vérifier son secteur avant le {date} ? Les modifications se font directement dans le tableau joint.',
    answers: [
      'Mon secteur est à jour : deux départs, une arrivée.',
      'Idem de mon côté. J’ai aussi corrigé quelques accents.',
    ],
    file: 'correspondants.ods',
  },
  {
    subject: 'Télétravail : jours de présence commune',
    opening:
      'Bonjour,\n\nAfin que l’on se croise tous au moins une fois par semaine, je propose de retenir le mardi comme jour de présence commune. Les exceptions restent possibles, il suffit de prévenir.',
    answers: [
      'Le mardi me va. Le jeudi aurait été plus simple pour l’école, mais je m’arrange.',
      'D’accord également. On pourrait en profiter pour déjeuner ensemble.',
      'Mardi adopté, donc. À commencer dès la semaine prochaine.',
    ],
  },
  {
    subject: 'Traduction du dépliant',
    opening:
      'Bonjour,\n\nLe dépliant d’accueil doit être traduit en anglais et en portugais. {collègue} peut relire l’anglais. Connaissez-vous quelqu’un dans la maison pour le portugais ?',
    answers: [
      'Oui, une collègue de la logistique est bilingue. Je lui en parle à midi.',
      'Elle accepte, à condition d’avoir le texte avant {jour}.',
    ],
    file: 'depliant.pdf',
  },
  {
    subject: 'Nouvel horaire de la bibliothèque',
    opening:
      'Bonjour,\n\nLa bibliothèque sera ouverte du mardi au vendredi, de 10 h à 17 h. Les prêts en cours sont prolongés d’une semaine. N’hésitez pas à proposer des achats.',
    answers: ['Merci ! Je propose l’atlas des brouillards, introuvable en ville.'],
  },
  {
    subject: 'Essai du capteur n° {n}',
    opening:
      'Bonjour,\n\nLe capteur n° {n} est installé depuis trois jours sur le toit. Les mesures suivent bien celles de la station de référence, avec un décalage de deux minutes. Je le laisse encore une semaine avant de conclure.',
    answers: [
      'Deux minutes, c’est l’horloge : il suffit de la régler sur le serveur de temps.',
      'Exact. Décalage nul depuis ce matin, merci.',
    ],
    file: 'courbe.png',
    folder: 'Projets/Observatoire',
  },
  {
    subject: 'Visite de la délégation : déroulé',
    opening:
      'Bonjour,\n\nLa délégation arrive le {date} à {heure}. Déroulé proposé : accueil, présentation de vingt minutes, visite des instruments, échange autour d’un café. Chaque intervenant dispose de cinq minutes, pas davantage.',
    answers: [
      'Peut-on prévoir un repli en salle {salle} si la pluie s’en mêle ?',
      'Prévu. Un comble si nous étions surpris par la météo.',
    ],
  },
  {
    subject: 'Archives : tri avant déménagement',
    opening:
      'Bonjour,\n\nLes archives du sous-sol déménagent en début d’année. Avant cela, chaque service trie ses cartons : à garder, à verser, à détruire. Les étiquettes sont disponibles auprès du bureau du courrier.',
    answers: [
      'Combien de cartons pour notre service ?',
      'Vingt-sept, d’après l’inventaire. On peut y passer deux demi-journées à plusieurs.',
      'Comptez sur moi {jour} après-midi.',
    ],
  },
  {
    subject: 'Retour sur la formation accessibilité',
    opening:
      'Bonjour,\n\nRetour rapide sur la formation : très concrète, avec un lecteur d’écran entre les mains pendant une heure. On comprend vite pourquoi un bouton sans nom est une porte sans poignée. Je peux en faire une présentation de trente minutes.',
    answers: [
      'Avec plaisir. Pourquoi pas {jour} à {heure} ?',
      'J’y serai aussi. Nos formulaires en ont besoin.',
    ],
  },
];
