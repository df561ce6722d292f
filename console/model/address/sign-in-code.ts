/** The one-time code in what somebody pasted: the whole address that `nofx console` prints, or the code alone. */
export function codeIn(text: string): string {
  return text.trim().replace(/^.*#code=/s, '')
}
