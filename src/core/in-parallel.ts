/**
 * Runs `work` on all items, at most `atOnce` at a time; the results are in the order of the items. After the first
 * error, no further item is started.
 * @throws RangeError if `atOnce` is not at least 1: no item would be started, and the results would look complete
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  if (!(atOnce >= 1)) throw new RangeError(`atOnce is ${atOnce}, and must be at least 1`)
  const results = new Array<Result>(items.length)
  // All workers take items from one iterator until one of them fails.
  const entries = items.entries()
  let failed = false
  const worker = async () => {
    for (const [at, item] of entries) {
      if (failed) return
      try {
        results[at] = await work(item)
      } catch (error) {
        // Here and not where the workers are awaited: that runs some ticks later, and other workers would continue.
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
