/**
 * Words that announce an attachment. Letters in parentheses may be absent; accents, case, and
 * whether words are joined by a space, a hyphen or an apostrophe do not matter. `=` in front:
 * accents matter (« annexé » is not the « annexe » of a building). Capitals alone: an acronym,
 * with or without full stops, and only in capitals.
 */
export const DEFAULT_WORDS: readonly string[] = [
  'ci-joint(e)(s)',
  'ci-inclus(e)(s)',
  'pièce(s) jointe(s)',
  'PJ',
  'fichier(s) joint(s)',
  'document(s) joint(s)',
  'joint(e)(s) à ce message',
  'joint(e)(s) à ce mail',
  'joint(e)(s) à ce courriel',
  'joint(e)(s) à ce courrier',
  'joint(e)(s) au présent message',
  'joint(e)(s) au présent courriel',
  'je joins',
  'je vous joins',
  'je te joins',
  'nous joignons',
  'nous vous joignons',
  'vous trouverez joint(e)(s)',
  'veuillez trouver joint(e)(s)',
  'en annexe(s)',
  '=annexé(s)',
  'annexée(s)',
  'attached',
  'see attached',
  'please find attached',
  'attachment(s)',
  'enclosed',
  'please find enclosed',
  'I attach',
  'I am attaching',
  "I'm attaching",
];
