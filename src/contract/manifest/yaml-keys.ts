/** A repeated key of a YAML map and its offset. */
export interface DuplicateKey {
  key: string
  offset: number
}

/** The parts of the library's nodes that lead from a document to its keys. */
interface YamlNode {
  items?: readonly unknown[]
  value?: unknown
  key?: { value?: unknown; range?: readonly number[] | null }
}

/** Finds the keys that occur more than once in a map. */
export function duplicateKeys(root: unknown): DuplicateKey[] {
  const duplicates: DuplicateKey[] = []
  const rest: YamlNode[] = [root as YamlNode]
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    const keys = new Set<unknown>()
    for (const item of (node?.items ?? []) as YamlNode[]) {
      if (!item.key) {
        rest.push(item)
        continue
      }
      // Keys are compared as strings: `1` and `"1"` are the same field.
      const key = String(item.key.value)
      if (keys.has(key)) duplicates.push({ key, offset: item.key.range?.[0] ?? 0 })
      keys.add(key)
      if (item.value) rest.push(item.value as YamlNode)
    }
  }
  return duplicates.sort((a, b) => a.offset - b.offset)
}
