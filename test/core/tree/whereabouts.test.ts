import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { findWhereabouts } from '../../../src/core/tree/whereabouts.ts'
import { TestProject } from '../../harness/project.ts'

test('the branch, tag or pull request of a check comes from CI variables before git', async () => {
  const project = new TestProject().write({ 'a.md': 'a' }).commit()
  const sha = project.git('rev-parse', 'HEAD').trim()
  const where = (env: Record<string, string>) => findWhereabouts(project.root, env)
  const pull = { GITHUB_REF: 'refs/pull/12/merge', GITHUB_HEAD_REF: 'fix/typo' }
  expect(await where({})).toEqual({ commit: { sha, ref: 'main' } })
  expect(await where({ GITHUB_REF: 'refs/tags/v1', GITHUB_HEAD_REF: '' })).toEqual({
    commit: { sha, ref: 'v1' },
  })
  expect(await where(pull)).toEqual({ commit: { sha, ref: 'fix/typo' }, pullRequest: 12 })
  project.git('checkout', '-q', '--detach')
  expect(await where({})).toEqual({ commit: { sha } })
  expect(await findWhereabouts(tmpdir(), {})).toEqual({ commit: {} })
  await project.remove()
})
