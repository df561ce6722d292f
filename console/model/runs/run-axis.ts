/** Something that took time: from and to in ms since 1970. */
export interface Span {
  from: number
  to: number
}

/** A time line on which pauses are short. Places are from 0 to 1. */
export interface Axis {
  from: number
  to: number
  place: (at: number) => number
  /** Pauses that were made short: where they stand, and how long they took in ms. */
  pauses: readonly { place: number; ms: number }[]
}

/** A pause that is longer than this part of the work is made short, and how wide it is then. */
const LONG = 0.5
const SHORT = 0.06

/**
 * The axis of a run. A run may wait for a night: drawn true to scale, the work on both sides would not be seen.
 * @returns undefined when nothing took time
 */
export function makeAxis(spans: readonly Span[]): Axis | undefined {
  const busy = merge(spans)
  const first = busy[0]
  const last = busy.at(-1)
  if (!first || !last) return undefined
  const work = Math.max(
    1,
    busy.reduce((sum, { from, to }) => sum + to - from, 0),
  )
  /** Widths in ms, pauses between the busy times among them. */
  const parts: (Span & { width: number })[] = []
  for (const [at, span] of busy.entries()) {
    const before = busy[at - 1]
    const gap = before && span.from - before.to
    if (before && gap)
      parts.push({ from: before.to, to: span.from, width: gap > work * LONG ? work * SHORT : gap })
    parts.push({ ...span, width: Math.max(span.to - span.from, 1) })
  }
  const whole = parts.reduce((sum, { width }) => sum + width, 0)
  const place = (at: number): number => {
    let passed = 0
    for (const { from, to, width } of parts) {
      if (at < to) return (passed + (width * Math.max(0, at - from)) / Math.max(1, to - from)) / whole
      passed += width
    }
    return 1
  }
  const pauses = parts
    .filter(({ from, to, width }) => width < to - from)
    .map(({ from, to }) => ({ place: (place(from) + place(to)) / 2, ms: to - from }))
  return { from: first.from, to: last.to, place, pauses }
}

/** Times in order, with those that touch as one. */
function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from)) {
    const last = merged.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to: Math.max(from, to) })
  }
  return merged
}
