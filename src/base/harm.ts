const HARM = /^harmed processes (\d+) times, the last: (.*)$/s;

/** Why a plugin was taken out of every process: how often it harmed one, and the last harm. */
interface Harm {
  readonly times: number;
  /** In English, for a log: an error, how long the loop was held. */
  readonly last: string;
}

/** The reason as logs have it, and as processes tell it to each other. */
export const harmReason = ({ times, last }: Harm): string =>
  `harmed processes ${times} times, the last: ${last}`;

/** Reads what `harmReason` wrote, for a page in the reader's language. */
export function readHarm(reason: string): Harm | undefined {
  const [, times, last] = HARM.exec(reason) ?? [];
  return times === undefined || last === undefined ? undefined : { times: Number(times), last };
}
