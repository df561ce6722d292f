/** Cuts at a word's end. `rest` starts where the cut was made: both together are the text. */
export function cut(text: string, max: number): { head: string; rest: string } {
  if (text.length <= max) return { head: text, rest: '' }
  const space = text.slice(0, max + 1).search(/\s\S*$/)
  // Without a space nearby the cut may not part a surrogate pair.
  const at = space > max / 2 ? space : max - (/[\uD800-\uDBFF]/.test(text[max - 1] ?? '') ? 1 : 0)
  return { head: text.slice(0, at), rest: text.slice(at) }
}
