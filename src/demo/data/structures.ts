import type { DemoSite } from './people';

/** A service of a ministry, below the one that its path ends in. */
export interface Structure {
  /** `giboulees/mesure/stations`: codes from the top. */
  readonly path: string;
  readonly title: string;
  readonly missions: string;
}

// One space a level; code, title, what it does.
const TREES: Readonly<Record<DemoSite['id'], string>> = {
  saisons: `
sg|Secrétariat général|Moyens du ministère
 rh|Service des ressources humaines|Carrières, formation, action sociale
  carrieres|Bureau des carrières|Mutations, avancement, retraites
  formation|Bureau de la formation|Plan de formation et concours
 num|Service du numérique|Outils et réseaux du ministère
  assistance|Bureau de l’assistance|Aide aux agents, de 8 h à 18 h
   postes|Pôle des postes de travail|Remise et entretien des postes
  messagerie|Bureau de la messagerie|Boîtes, listes et annuaire
 logistique|Service de la logistique|Bâtiments, véhicules, restauration
giboulees|Observatoire des giboulées|Mesure et prévision des giboulées
 mesure|Département de la mesure|Réseau des stations
  stations|Bureau des stations|Entretien des quarante stations
   nord|Pôle nord|Stations au nord de la Loire
   littoral|Pôle littoral|Stations des côtes
 statistiques|Département des statistiques|Séries longues et bulletins
equinoxes|Direction des équinoxes|Calendrier et cérémonies des équinoxes
 calendrier|Sous-direction du calendrier|Dates légales des saisons
  heure|Bureau du changement d’heure|Passage à l’heure d’été et d’hiver
   ephemerides|Pôle des éphémérides|Publication des éphémérides
 ceremonies|Sous-direction des cérémonies|Fêtes du printemps et de l’automne
accueil|Accueil des usagers|Réponses au public
 reponses|Service des réponses|Téléphone, courrier et guichet
  telephone|Bureau du téléphone|Standard et numéro vert
  courriers|Bureau du courrier|Arrivée, départ et suivi du courrier`,
  marees: `
sg|Secrétariat général|Moyens du ministère
 rh|Service des ressources humaines|Carrières et formation
 num|Service du numérique|Outils et réseaux du ministère
  assistance|Bureau de l’assistance|Aide aux agents
   postes|Pôle des postes de travail|Remise et entretien des postes
 logistique|Service de la logistique|Bâtiments, bateaux, restauration
estrans|Service des estrans|Connaissance des estrans
 sables|Bureau des sables|Bancs et dunes
  baies|Pôle des baies|Baies de la façade ouest
   releves|Équipe des relevés|Relevés de terrain
phares|Bureau des phares|Entretien des phares et balises
 feux|Section des feux|Lampes et optiques
 balises|Section des balises|Bouées et amers`,
};

/** The services of a ministry, each after the one that it belongs to. */
export function structuresOf(siteId: DemoSite['id']): readonly Structure[] {
  const above: string[] = [];
  return TREES[siteId]
    .trim()
    .split('\n')
    .map((line) => {
      const depth = line.search(/\S/);
      const [code = '', title = '', missions = ''] = line.trim().split('|');
      above.splice(depth, above.length, code);
      return { path: above.join('/'), title, missions };
    });
}

/** `ou=stations,ou=mesure,ou=giboulees,ou=agents,dc=saisons,dc=example`. */
export const structureDn = (path: string, baseDn: string): string =>
  [
    ...path
      .split('/')
      .reverse()
      .map((code) => `ou=${code}`),
    `ou=agents,${baseDn}`,
  ].join(',');
