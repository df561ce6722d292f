// Preloaded into a measured process: writes its peak resident set (kB) when it ends.
process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.NOFX_BENCH_PEAK, String(process.resourceUsage().maxRSS))
})
