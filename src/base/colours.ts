/** Names of colours of the skin, never colours: what an agent may give to labels and mailboxes. */
export const COLOURS = ['red', 'amber', 'green', 'blue', 'violet', 'teal', 'grey'] as const;
export type Colour = (typeof COLOURS)[number];
