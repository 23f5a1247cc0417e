import { type Letterhead, message, textEntity } from './mime';

/** Unwanted mail, some of it hostile: what the Junk mailbox holds. */
const JUNK: readonly (readonly [string, string, string])[] = [
  [
    'Vous avez gagné un séjour aux îles',
    'loterie@gagnants-du-jour.example',
    '<p>Félicitations ! <a href="javascript:alert(1)">Cliquez ici</a> pour recevoir votre séjour.</p><img src="x" onerror="alert(1)">',
  ],
  [
    'Dernier rappel avant poursuites',
    'huissier@recouvrement-rapide.example',
    '<form action="https://recouvrement-rapide.example/payer"><input name="carte"><button>Payer</button></form><script>alert(1)</script>',
  ],
  [
    'Montres de luxe à prix doux',
    'vente@montres-douces.example',
    '<div style="position:fixed;inset:0;background:url(https://montres-douces.example/fond.png)">Offre unique</div>',
  ],
  [
    'Votre colis est bloqué',
    'livraison@colis-suivi-direct.example',
    '<svg onload="alert(1)"><animate attributeName="href" values="javascript:alert(1)"/></svg><p>Réglez 1,99 € pour débloquer votre colis.</p>',
  ],
  [
    'Prêt personnel accordé',
    'credit@argent-facile.example',
    '<style>@import "https://argent-facile.example/suivi.css";</style><p>Aucun justificatif demandé.</p>',
  ],
  [
    'Proposition confidentielle',
    'notaire@heritage-lointain.example',
    '<p>Cher ami,</p><p>Un lointain parent vous a légué sa collection de baromètres.</p>',
  ],
];

export const junkMessages = (head: (index: number, mail: string) => Letterhead): Buffer[] =>
  JUNK.map(([subject, mail, html], index) =>
    message({ ...head(index, mail), subject }, textEntity(html, { subtype: 'html' })),
  );
