import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/contract/failure.ts'
import { acquireLock } from '../../../src/core/disk/lock.ts'
import { startMark } from '../../../src/core/disk/process-identity.ts'
import { buildScript, runScript } from '../../cloud/support/node-script.ts'
import { temporaryFolder } from '../../cloud/support/temporary-folder.ts'

const holder = buildScript(join(import.meta.dirname, 'support/lock-holder.ts'))
const lockPath = () => join(temporaryFolder(), 'lock')

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(Failure)
  return error as Failure
}

function leaveLock(path: string, change: object): void {
  const holder = {
    pid: process.pid,
    host: hostname(),
    startedAt: '2024-01-01T00:00:00.000Z',
    mark: startMark(process.pid),
    token: 'somebody-else',
  }
  writeFileSync(path, JSON.stringify({ ...holder, ...change }))
}

describe('a lock held by another process', () => {
  test('is refused with the pid of the holder and a hint', async () => {
    const path = lockPath()
    const other = runScript(holder, [path, 'hold'])
    await other.says('held')
    const failure = await failureOf(acquireLock(path, { waitMs: 0 }))
    expect(failure.code).toBe('EMBEDDED_LOCKED')
    expect(failure.message).toMatch(`the embedded cloud is in use by process ${other.pid}, since 20`)
    expect(failure.hint).toBe(`wait for it, or stop it with: kill ${other.pid}`)
    expect(failure.detail).toMatchObject({ pid: other.pid, host: hostname() })
    other.child.stdin!.end()
    await other.ended
  })

  test('is waited for, and the holder is reported once', async () => {
    const path = lockPath()
    const other = runScript(holder, [path, 'hold'])
    await other.says('held')
    const waitedFor: number[] = []
    const waiting = acquireLock(path, { waitMs: 30_000, onWait: ({ pid }) => waitedFor.push(pid) })
    other.child.stdin!.end()
    const lock = await waiting
    expect(waitedFor).toEqual([other.pid])
    lock.release()
    expect(existsSync(path)).toBe(false)
  })

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('is taken over at once after %s', async (signal) => {
    const path = lockPath()
    const other = runScript(holder, [path, 'hold'])
    await other.says('held')
    other.child.kill(signal)
    await other.ended
    const lock = await acquireLock(path, { waitMs: 0 })
    lock.release()
    expect(readdirSync(join(path, '..'))).toEqual([])
  })

  test('is free when the process ends without releasing it', async () => {
    const path = lockPath()
    await runScript(holder, [path, 'once']).ended
    expect(existsSync(path)).toBe(false)
  })
})

describe('a lock file found on the disk', () => {
  test('is taken over if its pid now belongs to a younger process', async () => {
    const path = lockPath()
    leaveLock(path, { mark: 'an earlier boot:1' })
    const lock = await acquireLock(path, { waitMs: 0 })
    expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid)
    lock.release()
  })

  test('is never taken over if it comes from another host', async () => {
    const path = lockPath()
    leaveLock(path, { host: 'build-7', pid: 999_999 })
    const failure = await failureOf(acquireLock(path, { waitMs: 0 }))
    expect(failure.message).toBe(
      'the embedded cloud is in use by process 999999 on build-7, since 2024-01-01T00:00:00.000Z',
    )
    expect(failure.hint).toBe(`wait for it; if that machine or container is gone: rm ${path}`)
  })

  test.each([
    ['empty', ''],
    ['not JSON', '{'],
    ['of another tool', '{"pid":1}'],
  ])('that is %s is not changed', async (_what, content) => {
    const path = lockPath()
    writeFileSync(path, content)
    const failure = await failureOf(acquireLock(path, { waitMs: 0 }))
    expect(failure.code).toBe('EMBEDDED_CORRUPT')
    expect(failure.hint).toBe(`make sure that no nofx runs here, then: rm ${path}`)
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  test('is not removed by a late release after another process took it', async () => {
    const path = lockPath()
    const lock = await acquireLock(path, { waitMs: 0 })
    leaveLock(path, {})
    lock.release()
    expect(JSON.parse(readFileSync(path, 'utf8')).token).toBe('somebody-else')
  })
})

test('eight processes that race for a stale lock never hold it together', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'lock')
  const log = join(folder, 'log')
  leaveLock(path, { mark: 'an earlier boot:1' })
  const racers = Array.from({ length: 8 }, () => runScript(holder, [path, 'rounds', log, '15']))
  const ends = await Promise.all(racers.map((racer) => racer.ended))
  expect(ends.map((end) => end.stderr).join('')).toBe('')
  const lines = readFileSync(log, 'utf8').trim().split('\n')
  expect(lines).toHaveLength(8 * 15 * 2)
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(`-${lines[at]!.slice(1)}`)
  expect(readdirSync(folder)).toEqual(['log'])
})

test('a folder in place of the lock file is reported with the command that removes it', async () => {
  const path = lockPath()
  mkdirSync(path)
  const failure = await failureOf(acquireLock(path, { waitMs: 0 }))
  expect({ code: failure.code, message: failure.message, hint: failure.hint }).toEqual({
    code: 'EMBEDDED_CORRUPT',
    message: `"${path}" is a folder and not a lock file of nofx`,
    hint: `make sure that no nofx runs here, then: rm -r ${path}`,
  })
})

test('a lock whose file was removed is still held, and its holder knows that the file is gone', async () => {
  const path = lockPath()
  const lock = await acquireLock(path, { waitMs: 0 })
  rmSync(path)
  expect(lock.isOurs()).toBe(false)
  const failure = await failureOf(acquireLock(path, { waitMs: 0 }))
  expect(failure.message).toContain(`process ${process.pid}`)
  lock.release()
  const next = await acquireLock(path, { waitMs: 0 })
  expect(next.isOurs()).toBe(true)
  next.release()
  expect(readdirSync(join(path, '..'))).toEqual([])
})

test('a lock in a folder with a long path is held and taken over like any other lock', async () => {
  const folder = join(temporaryFolder(), 'long-name-'.repeat(15))
  mkdirSync(folder)
  const path = join(folder, 'lock')
  const other = runScript(holder, [path, 'hold'])
  await other.says('held')
  expect(readdirSync(folder)).toHaveLength(2)
  expect((await failureOf(acquireLock(path, { waitMs: 0 }))).code).toBe('EMBEDDED_LOCKED')
  other.child.kill('SIGKILL')
  await other.ended
  const lock = await acquireLock(path, { waitMs: 0 })
  lock.release()
  expect(readdirSync(folder)).toEqual([])
})

describe('files left by a process that died while taking a lock', () => {
  const listen = `const [folder, name] = process.argv.slice(1)
process.chdir(folder)
require('node:net').createServer().listen(name, () => process.kill(process.pid, 'SIGKILL'))`

  test('are removed by the next holder', async () => {
    const path = lockPath()
    const folder = join(path, '..')
    const leftovers = ['dead-1', 'dead-1.stale', 'dead-1.stale.dead-2', 'dead-1.stale.dead-2.stale']
    for (const name of leftovers) leaveLock(`${path}.${name}`, { mark: 'an earlier boot:1' })
    for (const name of ['lock.dead-3.new', 'lock.dead-3.held', 'lock.dead-1.stale.dead-3.new'])
      spawnSync(process.execPath, ['-e', listen, folder, name])
    expect(readdirSync(folder)).toHaveLength(7)
    const lock = await acquireLock(path, { waitMs: 0 })
    expect(readdirSync(folder).filter((name) => name.includes('dead'))).toEqual([])
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  test('are kept if the process lives, may live elsewhere, or the file is not a lock of nofx', async () => {
    const path = lockPath()
    leaveLock(`${path}.live-1.stale`, {})
    leaveLock(`${path}.away-1.stale`, { host: 'build-7', pid: 999_999 })
    writeFileSync(`${path}.notes`, 'mine')
    leaveLock(join(path, '..', 'other.dead-1.stale'), { mark: 'an earlier boot:1' })
    const before = readdirSync(join(path, '..'))
    const lock = await acquireLock(path, { waitMs: 0 })
    lock.release()
    expect(readdirSync(join(path, '..'))).toEqual(before)
  })
})

const APART = ['--pid', '--fork', '--mount-proc', '--uts', '--kill-child']
const canBeApart = spawnSync('unshare', [...APART, 'true']).status === 0

describe.runIf(canBeApart)('a holder in other namespaces, as in a container', () => {
  /** This Node.js in its own namespaces, under this machine's host name or another. */
  const apart = (path: string, host: string, ...args: string[]) => {
    const script = buildWrapper(host)
    return runScript(script, [holder, path, ...args])
  }
  const buildWrapper = (host: string): string => {
    const file = join(temporaryFolder(), 'apart.cjs')
    writeFileSync(
      file,
      `const [, , script, ...args] = process.argv
const command = ['hostname ' + ${JSON.stringify(host)} + ' && exec "$0" "$@"', process.execPath, script, ...args]
const child = require('node:child_process').spawn('unshare', [...${JSON.stringify(APART)}, 'sh', '-c', ...command], { stdio: 'inherit' })
child.on('close', (code) => process.exit(code ?? 1))
process.on('SIGTERM', () => child.kill('SIGKILL'))`,
    )
    return file
  }

  test.each([hostname(), 'other-container'])(
    'keeps its lock exactly as long as it lives: host %s',
    async (host) => {
      const path = lockPath()
      const other = apart(path, host, 'hold')
      await other.says('held')
      const failure = await failureOf(acquireLock(path, { waitMs: 0 }))
      expect(failure.code).toBe('EMBEDDED_LOCKED')
      expect(failure.hint).not.toContain('kill')
      other.child.kill('SIGTERM')
      await other.ended
      const lock = await acquireLock(path, { waitMs: 30_000 })
      lock.release()
      expect(readdirSync(join(path, '..'))).toEqual([])
    },
  )

  test('races with others for a lock, and they never hold it together', async () => {
    const folder = temporaryFolder()
    const [path, log] = [join(folder, 'lock'), join(folder, 'log')]
    const racers = Array.from({ length: 3 }, () => apart(path, hostname(), 'rounds', log, '10'))
    racers.push(runScript(holder, [path, 'rounds', log, '10']))
    const ends = await Promise.all(racers.map((racer) => racer.ended))
    expect(ends.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      ends.map(() => ({ code: 0, stderr: '' })),
    )
    const lines = readFileSync(log, 'utf8').trim().split('\n')
    expect(lines).toHaveLength(4 * 10 * 2)
    for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(`-${lines[at]!.slice(1)}`)
  })
})
