/**
 * Runs `work` on all items, at most `atOnce` at a time; the results are in the order of the items. After the first
 * error, no further item is started.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length)
  // All workers take items from one iterator, which an error closes.
  const left = items.entries()
  let failed = false
  const worker = async () => {
    for (const [at, item] of left) {
      if (failed) return
      results[at] = await work(item)
    }
  }
  const workers = Array.from({ length: Math.min(atOnce, items.length) }, worker)
  await Promise.all(workers).catch((error: unknown) => {
    failed = true
    throw error
  })
  return results
}
