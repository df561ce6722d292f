/** What an output is made for. */
export interface Screen {
  /** Columns; `Infinity` where nothing is cut. */
  width: number
  /** Lines; `Infinity` where the output is not shown on a screen. */
  height: number
  /** Whether everything is shown: all columns, uncut, with whole ids and exact times. */
  wide: boolean
  /** The time that relative times count from, milliseconds since 1970. */
  now: number
}

/** Columns and lines of a terminal that reports no size. */
const [COLUMNS, LINES] = [80, 24]
/** A terminal that is narrower than this breaks lines itself. */
const LEAST = 40

/** The part of a stream that describes its terminal. */
export interface Sized {
  isTTY?: boolean
  columns?: number
  rows?: number
}

/** How many columns a stream shows: those of its terminal. A file or a pipe has no limit. */
export function measureWidth({ isTTY, columns }: Sized): number {
  return isTTY ? Math.max(LEAST, columns || COLUMNS) : Number.POSITIVE_INFINITY
}

/** The same for texts that only people read: a file or a pipe gets them with 80 columns. */
export function measureProseWidth(stream: Sized): number {
  return stream.isTTY ? measureWidth(stream) : COLUMNS
}

/** The screen behind a stream. What is not a terminal gets everything, as with `--wide`: programs read it. */
export function measureScreen(stream: Sized, { wide = !stream.isTTY }: { wide?: boolean } = {}): Screen {
  const width = wide ? Number.POSITIVE_INFINITY : measureWidth(stream)
  const height = stream.isTTY ? stream.rows || LINES : Number.POSITIVE_INFINITY
  return { width, height, wide, now: Date.now() }
}
