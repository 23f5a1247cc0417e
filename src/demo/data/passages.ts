/** A passage: from, by, protocol, seconds after the message was written. Newest first, as servers write them. */
export type Passage = readonly [from: string, by: string, protocol: string, seconds: number];

type Header = readonly [string, string];

/** `Received` fields of a message written at `date` (RFC 5321 4.4). */
export const passages = (date: Date, hops: readonly Passage[]): readonly Header[] =>
  hops.map(([from, by, protocol, seconds], index) => {
    const at = new Date(date.getTime() + seconds * 1_000).toUTCString().replace('GMT', '+0000');
    return [
      'Received',
      `from ${from} (${from.replace(/^\[|\]$/g, '')} [203.0.113.${20 + index}]) by ${by} with ${protocol} id demo${index}; ${at}`,
    ];
  });

/** What the ministry's own server found about a sender who is who they say (RFC 8601). */
export const verified = (ownDomain: string, senderDomain: string): Header => [
  'Authentication-Results',
  `mx.${ownDomain}; spf=pass smtp.mailfrom=${senderDomain}; dkim=pass header.d=${senderDomain}; dmarc=pass header.from=${senderDomain}`,
];
