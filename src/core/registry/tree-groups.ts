import { sha256 } from '../../contract/digest.ts'

/** Hashes of definitions with the ids of their trees, in groups of which most are equal on both sides. */
export interface TreeGroups {
  /** The digits of a tree's id that name its group. */
  digits: number
  /** The SHA-256 of the lines `id tree` of each group, sorted, with a line feed between them. */
  buckets: Readonly<Record<string, string>>
}

/** The numbers of definitions above which groups have one digit more: a group has about 40 in a large registry. */
const STEPS = [16, 512, 65_536]

/** Groups definitions by the ids of their trees. The registry does the same (registry_heads_apart). */
export function groupTrees(trees: readonly (readonly [id: string, tree: string])[]): TreeGroups {
  const digits = STEPS.filter((count) => trees.length > count).length
  const groups = new Map<string, string[]>()
  for (const [id, tree] of trees) {
    const bucket = tree.slice(0, digits)
    const lines = groups.get(bucket)
    if (lines) lines.push(`${id} ${tree}`)
    else groups.set(bucket, [`${id} ${tree}`])
  }
  const buckets = Array.from(groups, ([bucket, lines]) => [bucket, sha256(lines.sort().join('\n'))] as const)
  return { digits, buckets: Object.fromEntries(buckets) }
}
