/** The cost limit of one question, in compared characters: a tree or a manifest may have any number of names. */
export const MOST_STEPS = 10_000
/** A longer word is not a typing mistake. */
const LONGEST = 64

/**
 * The candidate that `word` most likely meant; undefined if no candidate is close. Case has little weight. Of very many
 * candidates only the first are compared, until `MOST_STEPS` is reached.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined
  const lower = word.toLowerCase()
  const letters = collectLetters(lower)
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  let steps = MOST_STEPS
  for (const candidate of candidates) {
    if (--steps < 0) break
    // The difference in length is a lower bound of the distance, and so is half of the letters that only one word has.
    if (Math.abs(candidate.length - word.length) >= least) continue
    steps -= candidate.length
    const other = candidate.toLowerCase()
    if (count(letters ^ collectLetters(other)) > 2 * (least - 1)) continue
    steps -= word.length * candidate.length
    const distance = editDistance(lower, other)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** The letters of a word as bits; other characters share the last six. */
function collectLetters(word: string): number {
  let bits = 0
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at)
    bits |= 1 << (code >= 97 && code <= 122 ? code - 97 : 26 + (code % 6))
  }
  return bits
}

function count(bits: number): number {
  let left = bits
  let ones = 0
  for (; left !== 0; ones++) left &= left - 1
  return ones
}

/**
 * Damerau-Levenshtein distance, with each pair of neighbours swapped at most once: insertions, deletions,
 * substitutions and swaps.
 */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1
  // The row that is being made, the one above it, and the one above that.
  let rows = [
    new Uint32Array(width),
    Uint32Array.from({ length: width }, (_, at) => at),
    new Uint32Array(width),
  ]
  for (let i = 1; i <= a.length; i++) {
    fillRow(a, b, i, rows)
    const [row, above, oldest] = rows
    rows = [oldest, row, above] as Uint32Array<ArrayBuffer>[]
  }
  return rows[1]?.[b.length] ?? 0
}

function fillRow(a: string, b: string, i: number, rows: readonly Uint32Array[]): void {
  const [row, above, oldest] = rows as readonly [Uint32Array, Uint32Array, Uint32Array]
  row[0] = i
  let left = i
  for (let j = 1; j <= b.length; j++) {
    const isSame = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
    let cost = Math.min(cell(above, j) + 1, left + 1, cell(above, j - 1) + (isSame ? 0 : 1))
    if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
      cost = Math.min(cost, cell(oldest, j - 2) + 1)
    row[j] = cost
    left = cost
  }
}

const cell = (row: Uint32Array, at: number): number => row[at] ?? 0
