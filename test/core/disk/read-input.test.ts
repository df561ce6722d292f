import { basename, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readInput } from '../../../src/core/disk/read-input.ts'
import { shownPath } from '../../../src/core/disk/shown-path.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

test('a file is read byte for byte', () => {
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0xff, 13, 10])
  const folder = tempFolder({ 'a.bin': bytes })
  expect(readInput(join(folder, 'a.bin')).equals(bytes)).toBe(true)
})

test.each([
  ['missing', 'missing.json', 'ENOENT'],
  ['a folder', '.', 'EISDIR'],
  ['below a file', 'a.json/b', 'ENOTDIR'],
  ['a name with NUL', 'a\0b', 'ERR_INVALID_ARG_VALUE'],
])('a path that is %s is refused with the path and the code of the system', (_what, name, code) => {
  const path = `${tempFolder({ 'a.json': '{}' })}/${name}`
  expect(() => readInput(path)).toThrow(
    expect.objectContaining({
      code: 'INPUT_UNREADABLE',
      message: `${path} cannot be read (${code})`,
      hint: 'check the path',
      at: path,
    }),
  )
})

test('a hyphen is a file name where stdin is not allowed', () => {
  expect(() => readInput('-')).toThrow(expect.objectContaining({ message: '- cannot be read (ENOENT)' }))
})

test.each([
  ['.', '.'],
  ['a/b.md', 'a/b.md'],
  ['a/../b.md', 'b.md'],
  ['..', '..'],
  ['../x/a.md', '../x/a.md'],
  [`../${basename(process.cwd())}/a.md`, 'a.md'],
])('the path %s is shown as %s, as it is typed here', (path, shown) => {
  expect([shownPath(path), shownPath(resolve(path))]).toEqual([shown, shown])
})
