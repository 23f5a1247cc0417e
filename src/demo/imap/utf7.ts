/** Modified UTF-7 of mailbox names (RFC 3501 5.1.3). */
export function encodePath(path: string): string {
  return path.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-';
    const utf16 = Buffer.from(run, 'utf16le').swap16();
    return `&${utf16.toString('base64').replace(/=+$/, '').replace(/\//g, ',')}-`;
  });
}

/** The reverse; text that is not valid modified UTF-7 is returned as it is. */
export function decodePath(text: string): string {
  return text.replace(/&([A-Za-z0-9+,]*)-/g, (_all, code: string) => {
    if (code === '') return '&';
    const bytes = Buffer.from(code.replace(/,/g, '/'), 'base64');
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le');
  });
}
