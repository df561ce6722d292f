import { linkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readStamp } from '../../../src/core/cache/folder-stamp.ts'
import { RunClock } from '../../../src/core/cache/run-clock.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

const PATHS = ['a', 'in', 'in/b']
const makeFolder = () => tempFolder({ a: 'a', 'in/b': 'b' })

it('is the same for a folder that nothing happened to', () => {
  const dir = makeFolder()
  expect(readStamp(dir, PATHS)).toEqual(readStamp(dir, PATHS))
  expect(readStamp(dir, PATHS)?.newest).toBeGreaterThan(Date.now() - 60_000)
})

it.each<[string, (dir: string) => void]>([
  ['a file has another name too', (dir) => linkSync(join(dir, 'in/b'), join(dir, 'c'))],
  ['a link is made in a folder', (dir) => symlinkSync('b', join(dir, 'in/c'))],
  ['a file is written with other text', (dir) => writeFileSync(join(dir, 'a'), 'longer')],
])('is another one when %s', (_what, change) => {
  const dir = makeFolder()
  const before = readStamp(dir, PATHS)?.signature
  change(dir)
  expect(readStamp(dir, PATHS)?.signature).not.toBe(before)
})

it('does not exist where one of the paths is gone', () => {
  expect(readStamp(makeFolder(), [...PATHS, 'in/gone'])).toBeUndefined()
})

it('is older than a run only with a clear distance, and on the same file system', () => {
  const folder = tempFolder()
  const clock = new RunClock(folder)
  const stamp = { signature: '', newest: 0, device: readStamp(folder, [])?.device ?? -1 }
  expect(clock.isOlder({ ...stamp, newest: Date.now() - 10_000 })).toBe(true)
  expect(clock.isOlder({ ...stamp, newest: Date.now() })).toBe(false)
  expect(clock.isOlder({ ...stamp, newest: Date.now() + 10_000 })).toBe(false)
  expect(clock.isOlder({ ...stamp, device: -1 })).toBe(false)
})
