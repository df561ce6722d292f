/** Messages may quote a header or a URL; a key in the text is shortened to its prefix. */
export function withoutKeys(text: string): string {
  return text
    .replace(/\bsb_(secret|publishable)_[\w-]+/g, 'sb_$1_…')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, 'eyJ…')
    .replace(/(postgres(?:ql)?:\/\/[^:/@\s]+):[^@\s]+@/g, '$1:…@')
}
