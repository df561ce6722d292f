// Preloaded into a measured process: writes its peak resident set size (kB) when it exits.
process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.NOFX_BENCH_PEAK, String(process.resourceUsage().maxRSS))
})
