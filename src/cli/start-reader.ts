import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { BUILD_ID } from '../core/cache/build-id.ts'
import type { StartReader } from '../core/reading/ahead-reader.ts'

/** Memory for new objects in the thread that reads: it gives everything away. */
const YOUNG_MB = 4
/** With fewer definitions, most functions are needed no longer when V8 has optimized them. */
const FEW = 3_000
/** How much a function runs before V8 optimizes it; three times V8's own choice. */
const BUDGET = 200_000

/**
 * Starts the thread of the build that reads definitions; undefined where the sources run without a build.
 * @param root the folder of the package
 */
export function readerStarter(root: string): StartReader | undefined {
  if (BUILD_ID === undefined) return undefined
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB }
  return (workerData) => {
    if (workerData.folders.length < FEW)
      process.getBuiltinModule('node:v8').setFlagsFromString(`--interrupt-budget=${BUDGET}`)
    return new Worker(join(root, 'dist/reader.cjs'), { workerData, resourceLimits })
  }
}
