import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { TestProject } from '../harness/project.ts'

it('the first run of an embedded registry says in a line of the log what it makes, and no later run does', async () => {
  const project = new TestProject()
  onTestFinished(() => project.remove())
  // Only for commands below "registry" does the harness place a registry beforehand.
  const run = (...flags: string[]) => project.run('reports', 'list', ...flags)
  const asJson = await run('--json')
  expect([asJson.exit, asJson.stderr]).toEqual([0, ''])
  rmSync(join(project.root, '.nofx'), { recursive: true })
  const first = await run()
  expect([first.exit, first.stderr]).toEqual([0, 'Making the embedded registry in .nofx/ …\n'])
  const second = await run()
  expect([second.exit, second.stderr]).toEqual([0, ''])
})
