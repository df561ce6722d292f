// Preloaded into a measured process: writes its peak resident set size (kB) when it exits.
const { readFileSync, writeFileSync } = require('node:fs')

process.on('exit', () => writeFileSync(process.env.NOFX_BENCH_PEAK, String(peak())))

/**
 * Linux counts the memory of the process that began this one, too, in what Node.js gives as `maxRSS`: a process that is copied
 * has all pages of the first, until it runs a program of its own.
 */
function peak() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}
