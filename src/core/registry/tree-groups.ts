import { hash } from 'node:crypto'

/** Hashes of definitions with the ids of their trees, in groups of which most are equal on both sides. */
export interface TreeGroups {
  /** The digits of a tree's id that name its group. */
  digits: number
  /** The first 40 digits of the SHA-256 of the lines `id tree` of each group, sorted, with a line feed between them. */
  buckets: Readonly<Record<string, string>>
}

/**
 * The numbers of definitions above which groups have one digit more. Groups are small, because one definition whose tree the
 * registry does not know sets its whole group apart.
 */
const STEPS = [8, 128, 2_048]
/** As many bits as the ids of trees have. */
const HASH_DIGITS = 40

/** Groups definitions by the ids of their trees. The registry does the same (registry_heads_apart). */
export function groupTrees(
  trees: readonly (readonly [id: string, tree: string])[],
  digits = STEPS.filter((count) => trees.length > count).length,
): TreeGroups {
  const groups = new Map<string, string[]>()
  for (const [id, tree] of trees) {
    const bucket = tree.slice(0, digits)
    const lines = groups.get(bucket)
    if (lines) lines.push(`${id} ${tree}`)
    else groups.set(bucket, [`${id} ${tree}`])
  }
  const buckets = Array.from(groups, ([bucket, lines]) => [bucket, hashLines(lines)] as const)
  return { digits, buckets: Object.fromEntries(buckets) }
}

/** With thousands of groups, an object for each hash takes as long as the hashes. */
const hashLines = (lines: string[]) => hash('sha256', lines.sort().join('\n'), 'hex').slice(0, HASH_DIGITS)
