import { CHARSETS } from './charsets';
import { quote } from './compose';
import { type Curiosity, colleague, letter, type Scene } from './curiosity';
import { pdf, png, sampleFile } from './files';
import { calendarText, type Invitation, invitationText } from './invitation';
import {
  type Entity,
  encodeCharset,
  fileEntity,
  message,
  messageEntity,
  multipart,
  textEntity,
} from './mime';
import { passages, verified } from './passages';
import { OUTSIDERS, type Person } from './people';

const DAY_MS = 86_400_000;

const longThread: Curiosity = (scene) => {
  const turns = [
    'Bonjour, où en est le dossier des girouettes ?',
    'Il attend la signature de la direction.',
    'La direction me dit l’avoir rendu hier.',
    'Il était sous une pile. Je l’ai retrouvé.',
    'Parfait. Peut-on commander cette semaine ?',
    'Oui, si le devis est encore valable.',
    'Il l’est jusqu’à vendredi, j’ai vérifié.',
    'Alors c’est parti, bon de commande envoyé.',
  ];
  const text = turns.reduce((below, turn, index) => {
    const when = new Date(scene.date.getTime() - (turns.length - index) * DAY_MS);
    const who = colleague(scene, index % 2);
    return below === '' ? turn : `${turn}\n\n${quote(when, who.name, below)}`;
  }, '');
  const last = colleague(scene, 1);
  return letter(
    scene,
    last,
    'Re: Re: Re: Dossier des girouettes',
    textEntity(text, { flowed: true }),
    {
      references: ['<girouettes.1@demo.example>', '<girouettes.2@demo.example>'],
    },
  );
};

const forwarded: Curiosity = (scene) => {
  const inner = message(
    {
      from: OUTSIDERS.mairie,
      to: [colleague(scene, 2)],
      subject: 'Arrêté de circulation',
      date: new Date(scene.date.getTime() - 2 * DAY_MS),
      messageId: '<arrete.7@mairie-valcendre.example>',
    },
    multipart('mixed', [
      textEntity('Bonjour,\n\nVeuillez trouver ci-joint l’arrêté de circulation.'),
      fileEntity('arrêté.pdf', 'application/pdf', pdf('Arrêté de circulation')),
    ]),
  );
  return letter(
    scene,
    colleague(scene, 2),
    'Tr: Arrêté de circulation',
    multipart('mixed', [textEntity('Pour information, et bonne réception.'), messageEntity(inner)]),
  );
};

const inlineImage: Curiosity = (scene) => {
  const cid = 'carte-vents@demo.example';
  const html = `<html><body><p>Bonjour,</p><p>Voici la carte des vents de ce matin :</p><p><img src="cid:${cid}" alt="Carte des vents" width="240"></p><p>Bonne journée !</p></body></html>`;
  return letter(
    scene,
    colleague(scene, 3),
    'Carte des vents de ce matin',
    multipart('related', [
      multipart('alternative', [
        textEntity(
          'Bonjour,\n\nVoici la carte des vents de ce matin (image jointe).\n\nBonne journée !',
        ),
        textEntity(html, { subtype: 'html' }),
      ]),
      fileEntity('carte.png', 'image/png', png(240, 120, 40), { cid }),
    ]),
  );
};

const phishing: Curiosity = (scene) => {
  const domain = scene.me.mail.split('@')[1] ?? 'saisons.example';
  const lookalike = domain.replace('.example', '-messagerie.example');
  const html = `<html><body style="font-family:Arial"><p>Cher utilisateur,</p><p>Votre boîte aux lettres a dépassé sa limite. Sans action de votre part sous <b>24 heures</b>, vos messages seront <span style="color:red">définitivement supprimés</span>.</p><p><a href="https://connexion.${lookalike}/verifier?compte=${encodeURIComponent(scene.me.mail)}">https://messagerie.${domain}/quota</a></p><p>Le service informatique</p></body></html>`;
  return letter(
    scene,
    { name: `Assistance informatique (${scene.assistance.mail})`, mail: `support@${lookalike}` },
    'URGENT : votre boîte sera supprimée sous 24 heures',
    textEntity(html, { subtype: 'html' }),
    {
      headers: [
        ['Reply-To', '<recuperation@boite-postale.example>'],
        ['Authentication-Results', `mx.${domain}; spf=fail smtp.mailfrom=${lookalike}; dmarc=fail`],
        ...passages(scene.date, [
          ['serveur-37.hebergeur.example', `mx.${domain}`, 'ESMTP', 611],
          ['[203.0.113.66]', 'serveur-37.hebergeur.example', 'HTTP', 4],
        ]),
      ],
    },
  );
};

const rightToLeft: Curiosity = (scene) =>
  letter(
    scene,
    { name: 'Direction\u202e fdp.tropparB\u0007\u200b', mail: 'direction@autre-domaine.example' },
    'Document à signer \u202efdp.exe',
    textEntity('Merci d’ouvrir le document et de confirmer par retour.'),
  );

const mailingList: Curiosity = (scene) =>
  letter(
    scene,
    OUTSIDERS.universite,
    '[observateurs] Première neige sur le plateau',
    textEntity(
      'Bonjour à la liste,\n\nTrois centimètres ce matin à 900 mètres, deux semaines plus tôt que l’an dernier.\n\nAurélien\n\n-- \nListe des observateurs bénévoles\nhttps://listes.observateurs.example/archives',
      { flowed: true },
    ),
    {
      to: [{ name: 'Observateurs', mail: 'observateurs@listes.observateurs.example' }],
      headers: [
        verified(scene.me.mail.split('@')[1] ?? '', OUTSIDERS.universite.mail.split('@')[1] ?? ''),
        ...passages(scene.date, [
          ['listes.observateurs.example', `mx.${scene.me.mail.split('@')[1] ?? ''}`, 'ESMTPS', 9],
          ['smtp.universite.example', 'listes.observateurs.example', 'ESMTPS', 6],
          ['[192.0.2.15]', 'smtp.universite.example', 'ESMTPSA', 1],
        ]),
        ['List-Id', 'Observateurs benevoles <observateurs.listes.observateurs.example>'],
        ['List-Post', '<mailto:observateurs@listes.observateurs.example>'],
        ['List-Unsubscribe', '<mailto:observateurs-leave@listes.observateurs.example>'],
        ['Reply-To', 'observateurs@listes.observateurs.example'],
        ['Precedence', 'list'],
      ],
    },
  );

const bounce: Curiosity = (scene) => {
  const lost = { name: 'Paul Absinthe', mail: 'paul.absinthe@ancien-service.example' };
  const original = message(
    {
      from: scene.me,
      to: [lost],
      subject: 'Invitation au colloque',
      date: new Date(scene.date.getTime() - 60_000),
      messageId: '<colloque.3@demo.example>',
    },
    textEntity('Bonjour Paul, serez-vous des nôtres au colloque ?'),
  );
  const status: Entity = {
    headers: ['Content-Type: message/delivery-status'],
    body: Buffer.from(
      `Reporting-MTA: dns; smtp.demo.example\r\n\r\nFinal-Recipient: rfc822; ${lost.mail}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n`,
    ),
  };
  return letter(
    scene,
    { name: 'Mail Delivery System', mail: 'MAILER-DAEMON@smtp.demo.example' },
    'Undelivered Mail Returned to Sender',
    multipart(
      'report',
      [
        textEntity(
          `Votre message n’a pas pu être remis à <${lost.mail}> : adresse inconnue (550).`,
        ),
        status,
        messageEntity(original),
      ],
      '; report-type=delivery-status',
    ),
    {
      headers: [
        ['Auto-Submitted', 'auto-replied'],
        ['Return-Path', '<>'],
      ],
    },
  );
};

function invite(
  scene: Scene,
  invitation: Omit<Invitation, 'guests' | 'organiser'>,
  by: Person,
): Buffer {
  const whole = { ...invitation, organiser: by, guests: [scene.me, colleague(scene, 4)] };
  const ics = calendarText(whole, scene.date);
  const verb = invitation.method === 'CANCEL' ? 'Annulation' : 'Invitation';
  return letter(
    scene,
    by,
    `${verb} : ${invitation.title}`,
    multipart('mixed', [
      multipart('alternative', [
        textEntity(invitationText(whole)),
        textEntity(ics, { subtype: 'calendar', more: `; method=${invitation.method}` }),
      ]),
      fileEntity('invitation.ics', 'application/ics', Buffer.from(ics)),
    ]),
  );
}

/** Ten in the morning, UTC, some days after the message. */
const morning = ({ date }: Scene, days: number): Date => {
  const start = new Date(date.getTime() + days * DAY_MS);
  start.setUTCHours(10, 0, 0, 0);
  return start;
};

const weekly: Curiosity = (scene) =>
  invite(
    scene,
    {
      uid: `point-hebdomadaire-${scene.messageId.length}@demo.example`,
      title: 'Point hebdomadaire de l’observatoire',
      place: 'Salle Cumulus',
      description: 'Tour de table de quinze minutes, debout.',
      start: morning(scene, 3),
      minutes: 30,
      method: 'REQUEST',
      weeks: 8,
    },
    colleague(scene, 2),
  );

const workshop: Curiosity = (scene) =>
  invite(
    scene,
    {
      uid: 'atelier-cartographie@demo.example',
      title: 'Atelier de cartographie',
      place: 'Université des Brumes, amphithéâtre B',
      description:
        'Apporter un ordinateur.\nLe déjeuner est offert ; merci de signaler les régimes.',
      start: morning(scene, 9),
      minutes: 180,
      method: 'REQUEST',
    },
    OUTSIDERS.universite,
  );

const cancelled: Curiosity = (scene) =>
  invite(
    scene,
    {
      uid: 'visite-du-phare@demo.example',
      title: 'Visite du phare',
      place: 'Port-Jusant',
      description: 'La visite est annulée en raison du vent.',
      start: morning(scene, 5),
      minutes: 120,
      method: 'CANCEL',
    },
    OUTSIDERS.grandLarge,
  );

const manyFiles: Curiosity = (scene) => {
  const file = (name: string, rawName = false): Entity => {
    const { type, bytes } = sampleFile(name, 'Dossier de candidature');
    return fileEntity(name, type, bytes, { rawName });
  };
  return letter(
    scene,
    OUTSIDERS.habitant,
    'Dossier complet, en sept pièces',
    multipart('mixed', [
      textEntity(
        'Bonjour,\n\nVoici le dossier complet. La photo est un peu sombre, veuillez m’en excuser.',
      ),
      file('Curriculum vitæ – Été 2026.pdf'),
      file('lettre de motivation.odt'),
      file('relevé.ods', true),
      file('photo.jpg'),
      file('..\\..\\signature.png'),
      fileEntity(
        'notes.txt',
        'text/plain; charset=windows-1252',
        encodeCharset('Noté : 12 €.', 'windows-1252'),
      ),
      fileEntity(
        'page.html',
        'text/html',
        Buffer.from('<p>Une page <script>alert(1)</script></p>'),
      ),
    ]),
  );
};

const empty: Curiosity = (scene) => letter(scene, OUTSIDERS.habitante, '', textEntity(''));

const crowd: Curiosity = (scene) => {
  const guests = Array.from({ length: 80 }, (_value, index) => ({
    name: index % 3 === 0 ? `Correspondante n° ${index + 1}` : '',
    mail: `correspondant-${index + 1}@reseau-local.example`,
  }));
  return letter(
    scene,
    OUTSIDERS.syndicat,
    'Réunion annuelle des correspondants du bassin : lieu, horaires, covoiturage, hébergement, inscriptions aux ateliers de l’après-midi et ordre du jour provisoire à amender avant la fin du mois',
    textEntity(
      'Bonjour à tous,\n\nToutes les informations pratiques sont dans l’objet, qui est long. Merci !',
    ),
    { to: [scene.me, ...guests.slice(0, 40)], cc: guests.slice(40) },
  );
};

const receipt: Curiosity = (scene) =>
  letter(
    scene,
    OUTSIDERS.mairie,
    'Merci de confirmer la lecture',
    textEntity(
      'Bonjour,\n\nCe message demande un accusé de lecture. Vous êtes libre de l’ignorer.',
    ),
    {
      headers: [
        ['Disposition-Notification-To', '<secretariat@mairie-valcendre.example>'],
        ['X-Priority', '1'],
      ],
    },
  );

/** One of each in every inbox. */
export const CURIOSITIES: readonly Curiosity[] = [
  ...CHARSETS,
  longThread,
  forwarded,
  inlineImage,
  phishing,
  rightToLeft,
  mailingList,
  bounce,
  weekly,
  workshop,
  cancelled,
  manyFiles,
  empty,
  crowd,
  receipt,
];
