import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const PROGRAM = `import setup from './test/harness/memory-setup.ts'
setup()
setup()
console.log(JSON.stringify({ place: process.env.TMPDIR, disk: process.env.NOFX_TEST_DISK }))
setInterval(() => {}, 1000)`

describe('the temporary files of a run', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nofx-memory-'))
    const entry = { contents: PROGRAM, resolveDir: process.cwd(), loader: 'ts' } as const
    const outfile = join(folder, 'program.mjs')
    await build({ stdin: entry, bundle: true, platform: 'node', format: 'esm', outfile })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** The program, and where its temporary files are. */
  async function start(more: NodeJS.ProcessEnv) {
    const { TMPDIR: _ours, NOFX_TEST_DISK: _disk, ...env } = process.env
    const child = spawn(process.execPath, [join(folder, 'program.mjs')], { env: { ...env, ...more } })
    const [line] = await once(child.stdout, 'data')
    const end = async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    return { ...(JSON.parse(String(line)) as { place?: string; disk?: string }), end }
  }

  test('are in memory where there is room, for every user, and gone when the run is killed', async ({
    skip,
  }) => {
    const { place, disk, end } = await start({})
    if (!place) {
      await end()
      return skip('no room in memory')
    }
    expect(place).toMatch(/^\/dev\/shm\/nofx-tests-\w+$/)
    expect(disk).not.toBe(place)
    expect(statSync(place).mode & 0o7777).toBe(0o1777)
    writeFileSync(join(place, 'left'), 'by a test')
    await end()
    await expect.poll(() => existsSync(place)).toBe(false)
  })

  test('are where TMPDIR says', async () => {
    const { place, end } = await start({ TMPDIR: folder })
    await end()
    expect(place).toBe(folder)
  })
})
