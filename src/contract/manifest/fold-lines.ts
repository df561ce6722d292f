/** Text with LF line ends, as it is hashed, bundled and checked, so that a Windows checkout has the same digest. */
export function foldLines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}
