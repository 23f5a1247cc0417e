// RFC 2047 2: a line with an encoded word has at most 76 characters, `Subject: ` before the first
// one included; base64 makes 52 of 39 octets, and the word 64 of them.
const WORD_BYTES = 39;

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
