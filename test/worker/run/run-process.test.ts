import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type ProcessOptions, runProcess } from '../../../src/worker/run/run-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'nofx-process-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (script: string, rest: Partial<ProcessOptions> = {}) =>
  runProcess({
    argv: ['sh', '-c', script],
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdin: '',
    timeoutMs: 60_000,
    graceMs: 100,
    signal: new AbortController().signal,
    capBytes: 1024 * 1024,
    onSpawn: () => {},
    ...rest,
  })

const isAlive = (pid: number): boolean => {
  const state = execFileSync('sh', ['-c', `ps -o stat= -p ${pid} || true`], { encoding: 'utf8' }).trim()
  return state !== '' && !state.startsWith('Z')
}

describe('a runner', () => {
  it('a runner gets its task on stdin, and need not read it', async () => {
    expect((await run('cat', { stdin: 'hello' })).stdout.toString()).toBe('hello')
    expect(await run('exit 0', { stdin: 'x'.repeat(1e7) })).toMatchObject({ exit: 0 })
  })

  it('a runner that crashes is reported with its status or signal and the end of its stderr', async () => {
    expect(await run('echo why >&2; exit 9')).toMatchObject({ exit: 9, tail: 'why\n' })
    expect(await run('kill -SEGV $$')).toMatchObject({ exit: null, signal: 'SIGSEGV' })
  })

  it('a runner that does not exist is reported as not started', async () => {
    expect(await run('', { argv: ['/nowhere/agent'] })).toMatchObject({ spawnError: 'ENOENT' })
  })

  it('a runner that hangs is ended at its timeout, with its children', async () => {
    const end = await run('sleep 600 & echo $! > hung; wait', { timeoutMs: 150 })
    expect(end).toMatchObject({ timedOut: true, signal: 'SIGTERM' })
    expect(isAlive(Number(readFileSync(join(folder, 'hung'), 'utf8')))).toBe(false)
  })

  it('a runner that ignores SIGTERM is killed, and so are its children', async () => {
    const script = `trap '' TERM; sh -c "trap '' TERM; sleep 600" & echo $! > deaf; while :; do sleep 1; done`
    const end = await run(script, { timeoutMs: 150 })
    expect(end).toMatchObject({ timedOut: true, signal: 'SIGKILL' })
    expect(isAlive(Number(readFileSync(join(folder, 'deaf'), 'utf8')))).toBe(false)
  })

  it('a runner is killed with its children before the call that aborts `kill` returns', async () => {
    const kill = new AbortController()
    const mark = join(folder, 'killed')
    const running = run(
      `trap '' TERM; sleep 100 & echo "$! $$" > ${mark}.tmp; mv ${mark}.tmp ${mark}; wait`,
      {
        kill: kill.signal,
      },
    )
    while (!existsSync(mark)) await new Promise((done) => setImmediate(done))
    kill.abort()
    expect(await running).toMatchObject({ signal: 'SIGKILL', timedOut: false })
    for (const pid of readFileSync(mark, 'utf8').split(' ')) expect(isAlive(Number(pid))).toBe(false)
  })

  it('a background process of a runner does not delay the end of the run', async () => {
    const end = await run('sleep 600 & echo $! > left; echo done')
    expect([end.exit, end.stdout.toString()]).toEqual([0, 'done\n'])
    expect(isAlive(Number(readFileSync(join(folder, 'left'), 'utf8')))).toBe(false)
  })

  it('a runner that prints 200 MB is read to the end, and memory use stays constant', async () => {
    const before = process.memoryUsage.rss()
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss())
    }, 5)
    const end = await run('head -c 200000000 /dev/zero; head -c 50000000 /dev/zero >&2')
    clearInterval(watch)
    expect([end.exit, end.stdout.length, end.dropped]).toEqual([0, 1024 * 1024, 200_000_000 - 1024 * 1024])
    expect(end.tail).toHaveLength(65_536)
    expect(most - before).toBeLessThan(80_000_000)
  })
})
