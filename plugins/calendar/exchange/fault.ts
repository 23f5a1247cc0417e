import type { IcsReason } from '../ics/types';
import type { Refusal } from '../store';
import type { Broken } from './cut';

/** Why a part of a file was left out. */
export type Fault = IcsReason | Refusal | Broken['reason'] | 'uid-conflict' | 'denied' | 'zone';

export interface FaultyLine {
  readonly line: number;
  readonly fault: Fault;
  readonly detail: string;
}

/** Said one by one; the others are counted. */
export const FAULTS_SHOWN = 200;
