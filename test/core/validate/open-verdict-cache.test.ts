import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BUILD_ID } from '../../../src/core/cache/build-id.ts'
import { openVerdictCache } from '../../../src/core/validate/open-verdict-cache.ts'
import { agentFiles, treeOn } from '../support/tree.ts'

it('is not opened by sources without a build, whose rules may change at any time', () => {
  const tree = treeOn(...Array.from({ length: 200 }, (_, n) => agentFiles(`agent-${n}`)))
  const project = join(tree.root, '../..')
  mkdirSync(join(project, '.git'))
  expect(BUILD_ID).toBeUndefined()
  expect(openVerdictCache(project, tree, () => true)).toBeUndefined()
  const opened = openVerdictCache(project, tree, () => true, 'a build')
  expect(opened?.find).toBeTypeOf('function')
  expect(openVerdictCache(tree.root, { ...tree, kinds: [] }, () => true, 'a build')).toBeUndefined()
})
