import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const MEGABYTE = 1024 * 1024

test.runIf(process.platform === 'linux')(
  'the peak memory of a measured process is without that of the process that began it',
  () => {
    const large = Buffer.alloc(250 * MEGABYTE, 1)
    const dir = mkdtempSync(join(tmpdir(), 'nofx-peak-'))
    const peak = join(dir, 'peak')
    const args = ['--require', resolve('bench/peak-memory.cjs'), '-e', 'Buffer.alloc(50 * 1024 * 1024, 1)']
    const { status } = spawnSync(process.execPath, args, { env: { ...process.env, NOFX_BENCH_PEAK: peak } })
    expect(status).toBe(0)
    const kilobytes = Number(readFileSync(peak, 'utf8'))
    rmSync(dir, { recursive: true })
    expect(kilobytes).toBeGreaterThan(50 * 1024)
    expect(kilobytes).toBeLessThan(large.length / 1024)
  },
)
