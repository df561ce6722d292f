import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROBE = fileURLToPath(new URL('./peak-memory.cjs', import.meta.url))
const { NODE_EXTRA_CA_CERTS: _, ...ENV } = process.env

/**
 * Runs a command once: seconds of wall time, peak memory of a Node process in MB, and bytes of output. Throws on another
 * exit status.
 */
export function runOnce({ args, cwd, env = {}, exit = 0, before }) {
  before?.()
  const dir = mkdtempSync(join(tmpdir(), 'nofx-bench-'))
  const probe = { NODE_OPTIONS: `--require ${PROBE}`, NOFX_BENCH_PEAK: join(dir, 'peak') }
  const started = process.hrtime.bigint()
  const run = spawnSync(process.execPath, args, {
    cwd,
    env: { ...ENV, ...probe, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  if (run.status !== exit)
    throw new Error(`${args.join(' ')} exited ${run.status}\n${run.stdout}${run.stderr}`)
  const megabytes = Number(readFileSync(join(dir, 'peak'), 'utf8')) / 1024
  rmSync(dir, { recursive: true })
  return { seconds, megabytes, bytes: Buffer.byteLength(run.stdout) + Buffer.byteLength(run.stderr) }
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

/** Runs A and B in turn and returns the median of the ratios A/B, pair by pair, after one warm-up. */
export function pair(a, b, runs = 7) {
  runOnce(a)
  runOnce(b)
  const pairs = Array.from({ length: runs }, () => [runOnce(a), runOnce(b)])
  return {
    ratio: median(pairs.map(([x, y]) => x.seconds / y.seconds)),
    seconds: median(pairs.map(([x]) => x.seconds)),
    megabytes: Math.max(...pairs.map(([x]) => x.megabytes)),
  }
}
