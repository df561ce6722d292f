/** Columns of an output that is not a terminal, or does not say how wide it is. */
const COLUMNS = 80
/** A terminal that is narrower than this breaks lines itself. */
const LEAST = 40

/** How many columns a stream shows. */
export function widthOf(stream: { isTTY?: boolean; columns?: number }): number {
  return stream.isTTY && stream.columns ? Math.max(LEAST, stream.columns) : COLUMNS
}
