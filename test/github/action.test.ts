import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { agentFiles, TestProject } from '../harness/project.ts'
import { readLog } from './support/step-log.ts'

interface Action {
  name: string
  description: string
  inputs: Record<string, { description: string; default?: unknown; required?: boolean }>
  outputs: Record<string, { description: string; value: string }>
  runs: { using: string; steps: Record<string, unknown>[] }
}

const action: Action = parse(readFileSync('action.yml', 'utf8'))
const { steps } = action.runs

test('action.yml has the parts that GitHub wants of a composite action', () => {
  expect(action.name && action.description).toBeTruthy()
  expect(action.runs.using).toBe('composite')
  for (const [name, input] of Object.entries(action.inputs)) {
    expect(input.description, name).toBeTruthy()
    // GitHub hands out texts alone: a bare `false` would be one in some places and not in others.
    if (!input.required) expect(input.default, name).toBeTypeOf('string')
  }
  for (const [name, output] of Object.entries(action.outputs)) {
    expect(output.description, name).toBeTruthy()
    expect(output.value).toBe(`\${{ steps.run.outputs.${name} }}`)
  }
})

test('each step is one script in bash that gets everything through its environment', () => {
  for (const step of steps) {
    expect(Object.keys(step)).toEqual(expect.arrayContaining(['name', 'shell', 'run', 'env']))
    expect(step.shell).toBe('bash')
    expect(step.run).toMatch(/^(?:node|bash) "\$GITHUB_ACTION_PATH\/scripts\/action\/[a-z-]+\.(?:mjs|sh)"$/)
  }
})

test('every input is used, and nothing else is asked for', () => {
  const used = JSON.stringify(steps).match(/inputs\.[\w-]+/g) ?? []
  expect(new Set(used)).toEqual(new Set(Object.keys(action.inputs).map((name) => `inputs.${name}`)))
})

test('docs/ci.md names every command, input and output', () => {
  const text = readFileSync('docs/ci.md', 'utf8')
  const commands = action.inputs.command?.description.match(/[a-z-]{4,}/g) ?? []
  for (const name of [...Object.keys(action.inputs), ...Object.keys(action.outputs), ...commands])
    expect(text).toContain(`\`${name}\``)
})

describe('its scripts', () => {
  let project: TestProject

  beforeAll(() => {
    project = new TestProject({}, { empty: true })
    for (const [path, content] of Object.entries(agentFiles('bad', { owner: 7 })))
      project.write({ [`apps/registry/${path}`]: content })
    project.commit()
  })
  afterAll(() => project.remove())

  /** Runs a script of the action with what a runner gives to it. */
  function run(command: string[], env: Record<string, string>, folder = '.') {
    const temp = mkdtempSync(join(project.root, 'temp-'))
    const output = join(temp, 'output')
    writeFileSync(output, '')
    const given = { RUNNER_TEMP: temp, GITHUB_OUTPUT: output, GITHUB_ACTION_PATH: resolve('.'), ...env }
    const [program = '', ...words] = command
    const { status, stdout, stderr } = spawnSync(program, words, {
      cwd: join(project.root, folder),
      env: { PATH: process.env.PATH, HOME: temp, ...given },
      encoding: 'utf8',
    })
    const said = readLog(stdout).commands
    return { status, said, stderr, temp, outputs: readFileSync(output, 'utf8') }
  }
  const runNofx = (env: Record<string, string>, folder?: string) =>
    run(
      [process.execPath, resolve('scripts/action/run.mjs')],
      { NOFX_BIN: resolve('bin/run.js'), ...env },
      folder,
    )

  test('mark a finding by its path in the repository, wherever the project is', () => {
    const { status, said, outputs } = runNofx({ NOFX_COMMAND: 'validate' }, 'apps/registry')
    expect(status).toBe(1)
    expect(said[0]).toMatch(
      /^::error file=apps\/registry\/packages\/shared\/agents\/bad\/agent\.json,line=\d+/,
    )
    expect(outputs).toMatch(/^ok=false\nchanged=0\nresult=.*\ncomment-file=.*\n$/)
  })

  test('hand words to nofx that no shell has read', () => {
    const { status, said } = runNofx({
      NOFX_COMMAND: 'validate',
      NOFX_ARGS: '$(touch\tpwned) ;\n`id` --nope',
    })
    expect(status).toBe(2)
    expect(said).toEqual([expect.stringMatching(/^::error::USAGE /)])
    expect(project.git('status', '--porcelain', '--', 'pwned', '*/pwned')).toBe('')
  })

  test.each(['', 'nope', 'constructor', 'registry publish'])('refuse the command "%s"', (command) => {
    const { status, said } = runNofx({ NOFX_COMMAND: command })
    expect(status).toBe(2)
    expect(said).toEqual([expect.stringContaining('validate, plan, preview, preview-down')])
  })

  test('ask for a name where there is no pull request', () => {
    const { status, said } = runNofx({ NOFX_COMMAND: 'preview-down' })
    expect(status).toBe(2)
    expect(said).toEqual([expect.stringContaining('"preview-name"')])
  })

  test('install this version from npm, outside of the repository and without scripts', () => {
    const stub = join(project.root, 'stub')
    mkdirSync(stub)
    writeFileSync(join(stub, 'npm'), '#!/bin/sh\necho "$PWD $*" >&2\n', { mode: 0o755 })
    const env = { NOFX_VERSION: '', PATH: `${stub}${delimiter}${process.env.PATH}` }
    const { status, stderr, outputs, temp } = run(['bash', resolve('scripts/action/install.sh')], env)
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(status).toBe(0)
    expect(stderr).toMatch(new RegExp(`^${temp}/nofx install .*--ignore-scripts .* -- nofx@${version}\n$`))
    expect(outputs).toBe(`bin=${temp}/nofx/node_modules/nofx/bin/run.js\n`)
  })
})
