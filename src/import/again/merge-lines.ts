/** Lines added or removed beyond which two texts count as changed as a whole. */
const MOST_EDITS = 2_000

/** A text that both sides changed, put together. */
export interface MergedText {
  /** What both sides made of it; where they differ, the text from here. */
  text: string
  /** The earlier import's text with only those changes of the source that were taken. */
  base: string
  /** How many places both sides changed differently. */
  conflicts: number
}

/** Lines `from` to `to` (excluded) of the base, and what one side has in their place. */
interface Hunk {
  from: number
  to: number
  lines: readonly string[]
}

interface Cluster {
  from: number
  to: number
  ours: Hunk[]
  theirs: Hunk[]
}

/** Merges line by line. Changes that overlap or touch are a conflict, unless both sides made the same. */
export async function mergeLines(base: string, ours: string, theirs: string): Promise<MergedText> {
  const lines = splitLines(base)
  const [left, right] = [await findHunks(lines, ours), await findHunks(lines, theirs)]
  if (!left || !right) return { text: ours, base, conflicts: 1 }
  const merged = { text: '', base: '', conflicts: 0 }
  let at = 0
  for (const cluster of groupHunks(left, right)) {
    const before = lines.slice(at, cluster.from).join('')
    const { own, merged: text, conflicts } = settle(lines, cluster)
    merged.text += before + own
    merged.base += before + text
    merged.conflicts += conflicts
    at = cluster.to
  }
  const rest = lines.slice(at).join('')
  return { text: merged.text + rest, base: merged.base + rest, conflicts: merged.conflicts }
}

function settle(
  lines: readonly string[],
  cluster: Cluster,
): { own: string; merged: string; conflicts: number } {
  const [ours, theirs] = [applied(lines, cluster, cluster.ours), applied(lines, cluster, cluster.theirs)]
  if (cluster.ours.length === 0 || ours === theirs) return { own: theirs, merged: theirs, conflicts: 0 }
  const base = lines.slice(cluster.from, cluster.to).join('')
  return { own: ours, merged: base, conflicts: cluster.theirs.length === 0 ? 0 : 1 }
}

/** The lines of a cluster as one side has them. */
function applied(lines: readonly string[], { from, to }: Cluster, hunks: readonly Hunk[]): string {
  let text = ''
  let at = from
  for (const hunk of hunks) {
    text += lines.slice(at, hunk.from).join('') + hunk.lines.join('')
    at = hunk.to
  }
  return text + lines.slice(at, to).join('')
}

/** Changes of both sides in order; those that overlap or touch are together. */
function groupHunks(ours: readonly Hunk[], theirs: readonly Hunk[]): Cluster[] {
  const all = [
    ...ours.map((hunk) => ({ hunk, side: 'ours' as const })),
    ...theirs.map((hunk) => ({ hunk, side: 'theirs' as const })),
  ].sort((a, b) => a.hunk.from - b.hunk.from || a.hunk.to - b.hunk.to)
  const clusters: Cluster[] = []
  for (const { hunk, side } of all) {
    const last = clusters.at(-1)
    const cluster =
      last && hunk.from <= last.to ? last : { from: hunk.from, to: hunk.to, ours: [], theirs: [] }
    if (cluster !== last) clusters.push(cluster)
    cluster.to = Math.max(cluster.to, hunk.to)
    cluster[side].push(hunk)
  }
  return clusters
}

/** What a side changed; undefined when it has next to nothing in common with the base. */
async function findHunks(lines: string[], side: string): Promise<Hunk[] | undefined> {
  const { diffArrays } = await import('diff')
  const changes = diffArrays(lines, splitLines(side), { maxEditLength: MOST_EDITS })
  if (!changes) return undefined
  const hunks: Hunk[] = []
  let at = 0
  let open: { from: number; to: number; lines: string[] } | undefined
  for (const { value, added, removed } of changes) {
    if (!added && !removed) {
      open = undefined
      at += value.length
      continue
    }
    if (!open) {
      open = { from: at, to: at, lines: [] }
      hunks.push(open)
    }
    if (added) open.lines.push(...value)
    else at += value.length
    open.to = at
  }
  return hunks
}

function splitLines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}
