import { expect, test } from 'vitest'
import { committedFiles, isInSubmodule } from '../../../src/core/git/committed-files.ts'
import type { Definitions } from '../../../src/core/git/git-entries.ts'
import type { GitEntry } from '../../../src/core/git/git-entry.ts'

const entry = (path: string, mode: GitEntry['mode'] = 'file'): GitEntry => ({ path, mode, oid: '1' })
const definitions: Definitions = {
  folders: new Map([
    ['agents/a', [entry('agent.json'), entry('sub', 'submodule')]],
    ['agents/b', [entry('agent.json')]],
  ]),
  odd: new Map([
    ['agents/link', 'symlink'],
    ['agents/other', 'submodule'],
  ]),
}

test('the files of a commit are those of the named definitions, without other repositories', () => {
  const names = ['agents/a', 'agents/link', 'agents/other', 'agents/none']
  expect([...committedFiles(names, definitions).keys()]).toEqual(['agents/a/agent.json', 'agents/link'])
})

test.each([
  ['agents/a/sub/x', true],
  ['agents/a/subx', false],
  ['agents/other/x/y', true],
  ['agents/b/agent.json', false],
])('%s is in another repository: %s', (path, expected) => {
  expect(isInSubmodule(path, definitions)).toBe(expected)
})
