import * as fs from 'node:fs'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Disk, recoverFolders, writeFolder } from '../../../src/core/disk/write-folder.ts'
import { filesIn, tempFolder, writeFiles } from '../../import/support/temp-folder.ts'

/** A process id that no system assigns. */
const DEAD = 2 ** 30

/** The real disk, except that one call of one method fails with a system error. */
function failing(method: keyof Disk, code: string, at = 1): Disk {
  let calls = 0
  const real = fs as unknown as Record<string, (...args: unknown[]) => unknown>
  const fail = (...args: unknown[]): unknown => {
    calls += 1
    if (calls === at) throw Object.assign(new Error(code), { code })
    return real[method]?.(...args)
  }
  return { ...(fs as unknown as Disk), [method]: fail } as Disk
}

describe('writing a folder', () => {
  test('creates all files and their folders, and leaves no temporary files', () => {
    const root = tempFolder()
    writeFolder(join(root, 'a', 'reviewer'), { 'agent.json': '{}\n', 'prompts/system.md': 'Hello\n' })
    expect(filesIn(root)).toEqual({
      'a/reviewer/agent.json': '{}\n',
      'a/reviewer/prompts/system.md': 'Hello\n',
    })
  })

  test('replaces a folder as a whole: files that are not in the new content are removed', () => {
    const root = tempFolder({ 'reviewer/agent.json': 'old', 'reviewer/extra.md': 'old' })
    writeFolder(join(root, 'reviewer'), { 'agent.json': 'new' }, { replace: true })
    expect(filesIn(root)).toEqual({ 'reviewer/agent.json': 'new' })
  })

  test('never changes a folder with files unless it may replace it', () => {
    const root = tempFolder({ 'reviewer/agent.json': 'old' })
    expect(() => writeFolder(join(root, 'reviewer'), { 'agent.json': 'new' })).toThrow(
      /cannot be read or written/,
    )
    expect(filesIn(root)).toEqual({ 'reviewer/agent.json': 'old' })
  })

  test.each([
    ['a path out of the folder', '../x.md'],
    ['an absolute path', '/tmp/x.md'],
    ['the folder itself', '.'],
  ])('refuses %s and writes nothing', (_what, path) => {
    const root = tempFolder()
    expect(() => writeFolder(join(root, 'reviewer'), { 'agent.json': '{}', [path]: 'x' })).toThrow(/outside/)
    expect(filesIn(root)).toEqual({})
  })

  test.each<[string, keyof Disk, number, string, string]>([
    ['a full disk at the first file', 'writeFileSync', 1, 'ENOSPC', 'DISK_FULL'],
    ['a full disk at the second file', 'writeFileSync', 2, 'ENOSPC', 'DISK_FULL'],
    ['a quota', 'mkdirSync', 1, 'EDQUOT', 'DISK_FULL'],
    ['a read-only disk', 'mkdirSync', 1, 'EROFS', 'INPUT_UNREADABLE'],
    ['a failure to move the old folder away', 'renameSync', 1, 'EPERM', 'INPUT_UNREADABLE'],
    ['a failure to move the new folder in', 'renameSync', 2, 'EPERM', 'INPUT_UNREADABLE'],
  ])('leaves everything as it was after %s', (_what, method, at, code, failure) => {
    const root = tempFolder({ 'reviewer/agent.json': 'old' })
    const write = (): void =>
      writeFolder(
        join(root, 'reviewer'),
        { 'agent.json': 'new', 'b.md': 'b' },
        { replace: true, disk: failing(method, code, at) },
      )
    expect(write).toThrow(expect.objectContaining({ code: failure, at: join(root, 'reviewer') }))
    expect(filesIn(root)).toEqual({ 'reviewer/agent.json': 'old' })
    expect(readdirSync(root)).toEqual(['reviewer'])
  })
})

/** The real disk for a number of calls; then every call fails, as if the process were killed. */
function dying(after: number): { disk: Disk; calls(): number } {
  let calls = 0
  const real = fs as unknown as Record<keyof Disk, (...args: unknown[]) => unknown>
  const call =
    (method: keyof Disk) =>
    (...args: unknown[]) => {
      calls += 1
      if (calls > after) throw Object.assign(new Error('killed'), { code: 'EIO' })
      return real[method](...args)
    }
  const methods = ['existsSync', 'mkdirSync', 'readdirSync', 'writeFileSync', 'renameSync', 'rmSync'] as const
  return {
    disk: Object.fromEntries(methods.map((name) => [name, call(name)])) as unknown as Disk,
    calls: () => calls,
  }
}

test('after a kill at any point, recovery leaves the old or the new folder, never a mixture', () => {
  const [old, fresh] = [
    { 'agent.json': 'old', 'a.md': 'old' },
    { 'agent.json': 'new', 'b/c.md': 'new' },
  ]
  const outcomes = new Set<string>()
  for (let point = 0; point < 20; point++) {
    const root = tempFolder()
    writeFiles(join(root, 'reviewer'), old)
    const { disk, calls } = dying(point)
    try {
      writeFolder(join(root, 'reviewer'), fresh, { replace: true, disk })
    } catch {
      expect(calls()).toBeGreaterThan(point)
    }
    recoverFolders(root)
    expect(readdirSync(root)).toEqual(['reviewer'])
    const left = filesIn(join(root, 'reviewer'))
    expect([old, fresh]).toContainEqual(left)
    outcomes.add(JSON.stringify(left))
  }
  expect(outcomes.size).toBe(2)
})

describe('recovery after a killed process', () => {
  test('removes a half-written folder', () => {
    const root = tempFolder({ [`.reviewer.${DEAD}.new/agent.json`]: '{' })
    recoverFolders(root)
    expect(readdirSync(root)).toEqual([])
  })

  test('restores the old folder if no new one took its place', () => {
    const root = tempFolder({
      [`.reviewer.${DEAD}.old/agent.json`]: 'old',
      [`.reviewer.${DEAD}.new/agent.json`]: 'n',
    })
    recoverFolders(root)
    expect(filesIn(root)).toEqual({ 'reviewer/agent.json': 'old' })
  })

  test('removes the old folder if the new one is in place', () => {
    const root = tempFolder({ [`.reviewer.${DEAD}.old/agent.json`]: 'old', 'reviewer/agent.json': 'new' })
    recoverFolders(root)
    expect(filesIn(root)).toEqual({ 'reviewer/agent.json': 'new' })
  })

  test('keeps the folders of another running process and other dotted names', () => {
    const files = { [`.a.${process.ppid}.new/x`]: '1', '.git/config': '2', '.a.new/x': '3' }
    const root = tempFolder()
    writeFiles(root, files)
    recoverFolders(root)
    expect(filesIn(root)).toEqual(files)
  })

  test('does nothing if the parent does not exist', () => {
    const root = tempFolder()
    expect(() => recoverFolders(join(root, 'none'))).not.toThrow()
  })
})
