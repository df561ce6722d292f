import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { computeGitTree } from '../../../src/contract/protocol/git-tree.ts'
import fc from '../../harness/fast-check.ts'

const top = mkdtempSync(join(tmpdir(), 'nofx-trees-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const git = (...words: string[]) => execFileSync('git', words, { cwd: top, encoding: 'utf8' }).trim()

// Names of which git's order is not that of strings: a folder sorts as if its name ended with a slash.
const name = fc.constantFrom('a', 'a-b', 'a.b', 'a0', 'b', 'ü', 'agent.json', '﻿x', '𝒳')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/'))
const text = fc.constantFrom('', 'One.\n', '﻿', 'größe\n', '\0', 'x'.repeat(20_000))
const folders = fc.array(
  fc.uniqueArray(fc.record({ path, text }), { minLength: 1, selector: (one) => one.path }),
  {
    minLength: 120,
    maxLength: 120,
  },
)

test('the id of a tree is the one that git gives it', () => {
  const [sample] = fc.sample(folders, 1) as [{ path: string; text: string }[][]]
  const isFolder = (files: { path: string }[], path: string) =>
    files.some((one) => one.path.startsWith(`${path}/`))
  for (const [at, files] of sample.entries())
    for (const { path, text } of files.filter((one) => !isFolder(files, one.path))) {
      const full = join(top, `d${at}`, path)
      mkdirSync(dirname(full), { recursive: true })
      writeFileSync(full, text)
    }
  git('init', '-q')
  git('add', '-A')
  const rows = git('ls-tree', git('write-tree')).split('\n')
  const ids = new Map(rows.map((row) => [row.split('\t')[1], row.split(/\s/)[2]]))
  expect(ids.size).toBe(120)
  for (const [at, files] of sample.entries()) {
    const whole = files.filter((one) => !isFolder(files, one.path))
    expect(computeGitTree(whole), JSON.stringify(whole)).toBe(ids.get(`d${at}`))
    // A path cannot be a file and a folder.
    if (whole.length < files.length) expect(computeGitTree(files)).toBeUndefined()
  }
})

test.each([
  ['an asset, of which no text is here', [{ path: 'assets/a.bin' }]],
  ['an asset that is sent as a text', [{ path: 'assets/a.txt', text: 'a' }]],
  ['a file without a text', [{ path: 'a.md' }]],
  ['a text that is folded when it is read', [{ path: 'a.md', text: 'a\r\n' }]],
  [
    'a path that is there twice',
    [
      { path: 'a', text: '1' },
      { path: 'a', text: '2' },
    ],
  ],
  ['a path without a name', [{ path: 'a//b', text: '' }]],
  ['a path that ends with a slash', [{ path: 'a/', text: '' }]],
  ['a path that leaves the folder', [{ path: '../a', text: '' }]],
  ['a name that git refuses', [{ path: '.git', text: '' }]],
  ['a name that ends early', [{ path: 'a\0b', text: '' }]],
])('no id is given for %s', (_what, files) => {
  expect(computeGitTree(files)).toBeUndefined()
  expect(computeGitTree([{ path: 'other.md', text: '' }, ...files])).toBeUndefined()
})
