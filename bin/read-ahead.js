// Starts the thread that reads definitions (src/core/reading) while the program is loaded: it is ready some 30 ms earlier.
const { existsSync, fstatSync, readdirSync } = require('node:fs')
const { join } = require('node:path')

/** The usual folder of definitions. Elsewhere, the program starts the thread itself. */
const USUAL = 'packages/shared'
/** With fewer definitions there is no such thread. */
const LEAST = 300
/** Folders with results of earlier runs, with which few definitions are read. */
const RESULTS = ['.git/nofx', '.nofx/cache']

/**
 * The thread, which waits for its order; undefined if it may not be needed. A wrong guess takes time, and changes nothing
 * else.
 * @param usesResults whether results of earlier runs are used
 */
function startReader(usesResults) {
  try {
    // There, and on a terminal, the whole program answers.
    if (process.platform === 'win32') return undefined
    if ([1, 2].some((fd) => fstatSync(fd).isCharacterDevice())) return undefined
    if (usesResults && RESULTS.some((folder) => existsSync(folder))) return undefined
    const count = (kind) => readdirSync(join(USUAL, kind)).length
    if (readdirSync(USUAL).reduce((sum, kind) => sum + count(kind), 0) < LEAST) return undefined
    const { Worker } = require('node:worker_threads')
    const resourceLimits = { maxYoungGenerationSizeMb: 4 }
    const thread = new Worker(join(__dirname, '../dist/reader.cjs'), { resourceLimits })
    // Nobody has to take it.
    thread.on('error', () => {})
    thread.unref()
    return thread
  } catch {
    return undefined
  }
}

module.exports = { startReader }
