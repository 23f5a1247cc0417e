const BY_TYPE: readonly (readonly [RegExp, string])[] = [
  [/^application\/pdf$/, 'pdf'],
  [/^image\//, 'image'],
  [/^audio\//, 'audio'],
  [/^video\//, 'video'],
  [/^message\//, 'message'],
  [/calendar|\/ics$/, 'calendar'],
  [/vcard/, 'contact'],
  [/spreadsheet|ms-excel|\/csv$/, 'sheet'],
  [/presentation|powerpoint/, 'slides'],
  [/msword|wordprocessing|opendocument\.text|\/rtf$/, 'document'],
  [/zip|compressed|x-tar|gzip|x-rar|x-7z/, 'archive'],
  [/signature|pgp|pkcs7/, 'signature'],
  [/^text\//, 'text'],
];
const BY_EXTENSION: Readonly<Record<string, string>> = {
  pdf: 'pdf',
  png: 'image',
  jpg: 'image',
  jpeg: 'image',
  gif: 'image',
  webp: 'image',
  svg: 'image',
  ods: 'sheet',
  xls: 'sheet',
  xlsx: 'sheet',
  csv: 'sheet',
  odt: 'document',
  doc: 'document',
  docx: 'document',
  rtf: 'document',
  odp: 'slides',
  ppt: 'slides',
  pptx: 'slides',
  zip: 'archive',
  gz: 'archive',
  '7z': 'archive',
  rar: 'archive',
  tar: 'archive',
  ics: 'calendar',
  vcf: 'contact',
  eml: 'message',
  txt: 'text',
  mp3: 'audio',
  mp4: 'video',
};

/** Family of a file for its tile: by type, else by extension, else `file`. */
export function familyOf(type: string, filename: string): string {
  const byType = BY_TYPE.find(([pattern]) => pattern.test(type))?.[1];
  if (byType !== undefined) return byType;
  const extension = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(BY_EXTENSION, extension) ? (BY_EXTENSION[extension] ?? 'file') : 'file';
}
