import type { IcsReason } from '../ics/types';
import type { Refusal } from '../store';
import type { Broken } from './cut';
import type { Note } from './notes';

/** Why a part of a file was left out, or what of it was brought in otherwise. */
export type Fault =
  | IcsReason
  | Refusal
  | Broken['reason']
  | 'uid-conflict'
  | 'denied'
  | 'zone'
  | Note;

export interface FaultyLine {
  readonly line: number;
  readonly fault: Fault;
  readonly detail: string;
}

/** Said one by one; the others are counted. */
export const FAULTS_SHOWN = 200;
