/** `filename` in ASCII and `filename*` in UTF-8 (RFC 6266, RFC 8187): no quote, path, CR or LF. */
export function contentDisposition(kind: 'attachment' | 'inline', filename: string): string {
  const clean = filename.replace(/[\p{C}"\\/:*?<>|]/gu, '_').slice(0, 200) || 'fichier';
  const ascii =
    clean
      .normalize('NFKD')
      .replace(/[^\x20-\x7e]/g, '')
      .replace(/%/g, '_') || 'fichier';
  const utf8 = encodeURIComponent(clean).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}
