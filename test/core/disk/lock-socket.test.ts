import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { askLockSocket, findOtherHolder, openLockSocket } from '../../../src/core/disk/lock-socket.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

async function opened(lock: string, token: string) {
  const socket = await openLockSocket(lock, token)
  if (!socket) throw new Error('this file system has no sockets')
  onTestFinished(() => socket.remove())
  return socket
}

/** The socket of a process that was killed: its name stays, and nothing listens. */
function leaveDead(lock: string, token: string, end: 'new' | 'held'): void {
  const listen = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', listen, `${lock}.${token}.${end}`])
}

const lockPath = () => join(tempFolder(), 'lock')

describe('the socket of a lock', () => {
  test('is live from the attempt on, keeps its answer when the lock is held, and is gone when removed', async () => {
    const lock = lockPath()
    const socket = await opened(lock, 'mine')
    expect(readdirSync(join(lock, '..'))).toEqual(['lock.mine.new'])
    expect(await askLockSocket(lock, 'mine')).toBe('live')
    expect(socket.hold()).toBe(true)
    expect(readdirSync(join(lock, '..'))).toEqual(['lock.mine.held'])
    expect(await askLockSocket(lock, 'mine')).toBe('live')
    socket.remove()
    expect(readdirSync(join(lock, '..'))).toEqual([])
    expect(await askLockSocket(lock, 'mine')).toBe('unknown')
  })

  test('cannot be held after its name was removed as if its process were dead', async () => {
    const lock = lockPath()
    const socket = await opened(lock, 'mine')
    rmSync(`${lock}.mine.new`)
    expect(socket.hold()).toBe(false)
  })

  test('is not opened twice under one token', async () => {
    const lock = lockPath()
    await opened(lock, 'mine')
    expect(await openLockSocket(lock, 'mine')).toBeUndefined()
    expect(await askLockSocket(lock, 'mine')).toBe('live')
  })

  test.runIf(process.platform === 'linux')(
    'is reached in a folder whose path is longer than a socket may have',
    async () => {
      const folder = join(tempFolder(), 'long-name-'.repeat(20))
      mkdirSync(folder)
      const lock = join(folder, 'lock')
      await opened(lock, 'mine')
      expect(await askLockSocket(lock, 'mine')).toBe('live')
    },
  )

  test('is dead when its process was killed, and unknown where there never was one', async () => {
    const lock = lockPath()
    leaveDead(lock, 'killed', 'held')
    expect(await askLockSocket(lock, 'killed')).toBe('dead')
    expect(await askLockSocket(lock, 'never')).toBe('unknown')
  })

  test('whose name is a plain file is not taken for a live process', async () => {
    const lock = lockPath()
    writeFileSync(`${lock}.odd.held`, '')
    expect(await askLockSocket(lock, 'odd')).toBe('dead')
  })
})

describe('the search for another holder', () => {
  test('finds the token of a live process that holds the lock without its file', async () => {
    const lock = lockPath()
    ;(await opened(lock, 'theirs')).hold()
    expect(await findOtherHolder(lock, 'mine')).toBe('theirs')
  })

  test('does not take an attempt, its own socket, a guard or another lock for a holder', async () => {
    const lock = lockPath()
    ;(await opened(lock, 'mine')).hold()
    await opened(lock, 'attempt')
    ;(await opened(`${lock}.dead.stale`, 'guard')).hold()
    ;(await opened(`${lock}ed`, 'other')).hold()
    expect(await findOtherHolder(lock, 'mine')).toBeUndefined()
    expect(readdirSync(join(lock, '..'))).toHaveLength(4)
  })

  test('removes what dead processes left of this lock, and leaves the sockets of other locks', async () => {
    const lock = lockPath()
    for (const end of ['new', 'held'] as const) leaveDead(lock, 'killed', end)
    leaveDead(`${lock}ed`, 'killed', 'held')
    expect(await findOtherHolder(lock, 'mine')).toBeUndefined()
    expect(readdirSync(join(lock, '..'))).toEqual(['locked.killed.held'])
  })
})
