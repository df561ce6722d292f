import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesOnDisk, listEntries } from '../../../src/core/disk/definition-files.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'

test('the files of definitions on disk are those of the named folders alone, links and repositories included', () => {
  const root = tempFolder()
  for (const path of ['agents/a/prompts', 'agents/b', 'agents/c/.git'])
    mkdirSync(join(root, path), { recursive: true })
  for (const path of ['agents/a/agent.json', 'agents/a/prompts/x.md', 'agents/b/agent.json', 'agents/beside'])
    writeFileSync(join(root, path), '')
  symlinkSync('a', join(root, 'agents/link'))
  const names = ['agents/a', 'agents/beside', 'agents/c', 'agents/link', 'agents/none', 'none/x']
  expect([...filesOnDisk(root, names)].sort()).toEqual([
    'agents/a/agent.json',
    'agents/a/prompts/x.md',
    'agents/c/.git',
    'agents/link',
  ])
  expect(listEntries(join(root, 'none'))).toEqual([])
})
