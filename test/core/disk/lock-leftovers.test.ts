import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { removeLeftovers } from '../../../src/core/disk/lock-leftovers.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

/** Runs over a folder whose files name their holder; returns what is left, and which locks were asked about. */
async function sweep(files: Record<string, string>, live: readonly string[] = []) {
  const folder = tempFolder(files)
  const asked: string[] = []
  const read = (file: string) => {
    const text = readFileSync(file, 'utf8')
    if (text === 'not a lock') throw new Error('not a lock')
    return text || undefined
  }
  await removeLeftovers(join(folder, 'lock'), read, async (lock, holder) => {
    asked.push(lock.slice(folder.length + 1))
    return live.includes(holder)
  })
  return { left: readdirSync(folder).sort(), asked: asked.sort() }
}

test('drafts and guards of dead processes are removed', async () => {
  const { left, asked } = await sweep({ 'lock.a': 'dead', 'lock.a.stale': 'dead', 'lock.a.stale.b': 'dead' })
  expect(left).toEqual([])
  // A draft belongs to the lock that it was to become, a guard is a lock of its own.
  expect(asked).toEqual(['lock', 'lock.a.stale', 'lock.a.stale'])
})

test('files of processes that live stay', async () => {
  const { left } = await sweep({ 'lock.a': 'live', 'lock.b.stale': 'live', 'lock.c': 'dead' }, ['live'])
  expect(left).toEqual(['lock.a', 'lock.b.stale'])
})

test('the lock itself, sockets, files of other locks and files that name no holder stay, unasked', async () => {
  const files = {
    lock: 'dead',
    'lock.a.new': 'dead',
    'lock.a.held': 'dead',
    'other.a.stale': 'dead',
    'locked.txt': 'dead',
    'lock.notes': 'not a lock',
    'lock.empty': '',
  }
  const { left, asked } = await sweep(files)
  expect(left).toEqual(Object.keys(files).sort())
  expect(asked).toEqual([])
})
