import type { BootReport } from '../host/report';
import type { ProcessNews } from '../kernel/process-news';
import type { ReportLine } from '../kernel/watchdog-types';

/** What a process of the supervisor is started with. */
export interface WorkerStart {
  /** Place among the processes, from 0: its operations listener is that many ports further. */
  readonly slot: number;
  /** Where all of them listen; a free port is chosen once, not by each. */
  readonly port: number;
  /** Why it is started: `start`, `reload`, `crash`, or what the former one asked. */
  readonly reason: string;
  /** Plugins that cost other processes too much: they are not started. */
  readonly quarantined: readonly Quarantined[];
  readonly news: ProcessNews;
}

/** What a process says when it asks for another one in its place. */
export interface ReplaceRequest {
  readonly reason: string;
  /** Whose code is the cause. */
  readonly plugin?: string | undefined;
}

export interface Quarantined {
  readonly plugin: string;
  readonly reason: string;
  /** For one person alone, until a time. */
  readonly who?: string | undefined;
  readonly until?: number | undefined;
}

/** What a process says once it listens. */
export interface ReadyInfo extends Pick<BootReport, 'plugins' | 'warnings'> {
  readonly url: string;
}

/** The side of the supervised process. */
export interface SupervisorLink {
  readonly start: WorkerStart;
  /** Descriptor on which the watchdog's thread writes its lines. */
  readonly reportFd: number;
  ready(info: ReadyInfo): void;
  /** Asks for another process in this one's place; serving goes on until it is there. */
  replace(request: ReplaceRequest): void;
  /** Another process had to take a plugin out of service. */
  onQuarantine(run: (found: Quarantined) => void): void;
  /** As last told by the supervisor. */
  news(): ProcessNews;
}

export interface Child {
  readonly pid: number;
  /** In order: what is under way ends. */
  stop(): void;
  kill(): void;
  quarantine(found: Quarantined): void;
  tell(news: ProcessNews): void;
}

export interface ChildEvents {
  onReady(info: ReadyInfo): void;
  onReplace(request: ReplaceRequest): void;
  onReport(line: ReportLine): void;
  /** Once. `code` is undefined when a signal ended it. */
  onExit(code: number | undefined): void;
}

export type Fork = (start: WorkerStart, events: ChildEvents) => Child;
