import type { LabelModel } from './mail';

/** View `labels`: the agent's labels, to be made, named, coloured and dropped. */
export interface LabelsModel {
  readonly rows: readonly (LabelModel & {
    /** Of the document, for labels of fields. */
    readonly id: string;
    readonly typed: { readonly name: string; readonly colour: string };
    readonly error: string | undefined;
  })[];
  readonly colours: readonly { readonly value: string; readonly label: string }[];
  readonly nameMax: number;
  readonly isFull: boolean;
  readonly typed: { readonly name: string; readonly colour: string };
  readonly error: string | undefined;
}
