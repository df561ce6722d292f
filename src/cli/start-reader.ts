import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { BUILD_ID } from '../core/cache/build-id.ts'
import type { StartReader } from '../core/reading/ahead-reader.ts'
import type { ReadOrder } from '../core/reading/shared-reading.ts'

/** Memory for new objects in the thread that reads: it gives everything away. */
const YOUNG_MB = 4
/** With fewer definitions, most functions are needed no longer when V8 has optimized them. */
const FEW = 3_000
/** How much a function runs before V8 optimizes it; three times V8's own choice. */
const BUDGET = 200_000

/**
 * Gives the order to the thread of the build that reads definitions; undefined where the sources run without a build.
 * @param root the folder of the package
 * @param early a thread that was started already, and waits for its first order
 */
export function readerStarter(root: string, early?: Worker): StartReader | undefined {
  if (BUILD_ID === undefined) return undefined
  let waiting = early
  return (plain) => {
    const order = plain.folders.length < FEW ? { ...plain, budget: BUDGET } : plain
    const thread = waiting ?? startThread(root, order)
    if (waiting) {
      waiting = undefined
      thread.postMessage(order)
      thread.ref()
    }
    return thread
  }
}

function startThread(root: string, workerData: ReadOrder): Worker {
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB }
  return new Worker(join(root, 'dist/reader.cjs'), { workerData, resourceLimits })
}
