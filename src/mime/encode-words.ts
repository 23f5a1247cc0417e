// RFC 2047 2: an encoded word has at most 75 characters; base64 makes 60 of 45 octets.
const WORD_BYTES = 45;

/** Text as encoded words for a header field, folded; no character is split between two. */
export function encodeWords(text: string): string {
  const words: string[] = [];
  let chunk = '';
  for (const char of text) {
    if (Buffer.byteLength(chunk + char) > WORD_BYTES) {
      words.push(chunk);
      chunk = '';
    }
    chunk += char;
  }
  return [...words, chunk]
    .map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`)
    .join('\r\n ');
}
