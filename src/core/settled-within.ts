/**
 * Waits until `work` settles, but not longer than `ms` milliseconds.
 * @throws what `work` throws in that time
 */
export async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  let late: NodeJS.Timeout | undefined
  const limit = new Promise((resolve) => {
    late = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([work, limit])
  } finally {
    clearTimeout(late)
  }
}
