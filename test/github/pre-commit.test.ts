import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { agentFiles, TestProject } from '../harness/project.ts'

interface Hook {
  id: string
  language: string
  entry: string
  files: string
  pass_filenames?: boolean
}

const hooks: Hook[] = parse(readFileSync('.pre-commit-hooks.yaml', 'utf8'))
const [hook] = hooks as [Hook]
let project: TestProject

beforeAll(() => {
  project = new TestProject({}, { empty: true, resident: true })
    .withSamples()
    .write({ 'README.md': '# Hi\n' })
    .commit()
})
afterAll(() => project?.remove())

/** What pre-commit does with a hook: names to the entry those of the staged files that fit, or says there are none. */
function preCommit(): Promise<{ exit: number; stdout: string; stderr: string }> | 'skipped' {
  project.git('add', '-A')
  const staged = project.git(
    'diff',
    '--staged',
    '--name-only',
    '--no-ext-diff',
    '-z',
    '--diff-filter=ACMRTUXB',
  )
  const files = staged.split('\0').filter((file) => file && new RegExp(hook.files).test(file))
  const [program, ...words] = hook.entry.split(' ')
  expect(program).toBe('nofx')
  return files.length ? project.run(...words, ...files) : 'skipped'
}

test('there is one hook, of the package itself, that gets the names of files', () => {
  const { bin } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(hooks).toHaveLength(1)
  expect(hook).toMatchObject({
    id: 'nofx-validate',
    language: 'node',
    entry: 'nofx validate',
    require_serial: true,
  })
  expect(hook.pass_filenames ?? true).toBe(true)
  expect(Object.keys(bin)).toContain(hook.entry.split(' ')[0])
})

test('a commit that touches no definition runs nothing', () => {
  project.write({ 'README.md': '# Hello\n', 'packages/shared/README.md': 'x\n', 'src/agents/a.json': '{}\n' })
  expect(preCommit()).toBe('skipped')
  project.commit()
})

test('a good definition goes through, and a bad one stops the commit where it is wrong', async () => {
  project.write(agentFiles('scribe'))
  expect(await preCommit()).toMatchObject({ exit: 0, stdout: '1 definition checked: 0 errors, 0 warnings\n' })
  project.write(agentFiles('scribe', { owner: 7 }))
  const refused = await preCommit()
  expect(refused).toMatchObject({ exit: 1 })
  expect(refused).toMatchObject({
    stdout: expect.stringMatching(/packages\/shared\/agents\/scribe\/agent\.json:\d+:\d+ error /),
  })
  project.write(agentFiles('scribe')).commit()
})

test('a change of an agent is checked with the templates that need it', async () => {
  const path = 'packages/shared/agents/reviewer/agent.json'
  const before = readFileSync(`${project.root}/${path}`, 'utf8')
  const manifest = JSON.parse(before)
  project.write({
    [path]: { ...manifest, skills: [{ id: 'other', name: 'Other', description: 'Does others.' }] },
  })
  expect(await preCommit()).toMatchObject({
    exit: 1,
    stdout: expect.stringContaining('packages/shared/templates/'),
  })
  project.write({ [path]: before })
})
