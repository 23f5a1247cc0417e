export interface CleanPicture {
  /** As the file announces it, the largest where it does so several times. */
  readonly width: number;
  readonly height: number;
  /** Without what a camera or a program writes beside the picture: place, date, device, thumbnails, comments. */
  readonly content: Buffer;
}
