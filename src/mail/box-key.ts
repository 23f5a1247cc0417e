/** Key of a mailbox under one UIDVALIDITY; those of its messages and lists start with it. */
export const boxKey = (account: string, mailbox: string, uidValidity: number): string =>
  `${account}\0${mailbox}\0${uidValidity}\0`;
