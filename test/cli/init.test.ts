import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CloudDatabase } from '../harness/cloud-database.ts'
import { openedDatabase } from '../harness/cloud-database.ts'
import { TestProject } from '../harness/project.ts'
import { hasTerminal, inTerminal } from './support/terminal.ts'

const BIN = resolve('bin/run.js')
const AGENT = '---\nname: reviewer\ndescription: Reviews code. Use after a change.\n---\n\nYou review code.\n'
const ACTION = ['--action', 'acme/nofx@v0']

let database: CloudDatabase
const projects: TestProject[] = []
beforeAll(async () => {
  database = await openedDatabase()
})
afterAll(async () => {
  for (const project of projects) await project.remove()
  await database.drop()
})

/** A project with an installed NOFX, as `npm install` leaves it. */
function newProject(files: Record<string, string | object> = {}): TestProject {
  const identity = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, 'Ada'],
      [`GIT_${role}_EMAIL`, 'ada@example.com'],
    ]),
  )
  const env = { ...identity, NOFX_DATABASE_URL: database.url, GIT_CONFIG_NOSYSTEM: '1' }
  const project = new TestProject(env, { resident: true })
  projects.push(project)
  mkdirSync(join(project.root, 'node_modules/.bin'), { recursive: true })
  symlinkSync(resolve('.'), join(project.root, 'node_modules/nofx'))
  symlinkSync('../nofx/bin/run.js', join(project.root, 'node_modules/.bin/nofx'))
  return project.write({ '.git/info/exclude': 'node_modules\n', ...files })
}

/** Runs a printed command in a shell, as a person would. */
function follow(project: TestProject, command: string): Promise<{ exit: number; output: string }> {
  const env = { ...process.env, ...project.env, NO_COLOR: '1' }
  return new Promise((done) => {
    execFile('bash', ['-c', command], { cwd: project.root, env }, (error, stdout, stderr) => {
      done({ exit: error ? Number(error.code) : 0, output: stdout + stderr })
    })
  })
}

const ROOMS: [string, Record<string, string | object>, string[]][] = [
  ['an empty repository', {}, ['--hook', 'git']],
  [
    'agents of Claude Code and husky',
    { '.claude/agents/reviewer.md': AGENT, '.husky/pre-commit': 'true\n', 'package.json': '{"name":"x"}' },
    ['--workflow', ...ACTION],
  ],
  [
    'other work that is not committed',
    { 'src/index.js': '1\n', '.gitignore': '.env*', 'package.json': '{\r\n  "name": "x"\r\n}\r\n' },
    ['--hook', 'git', '--first', 'agent', '--id', 'greeter', '--no-editor'],
  ],
]

describe.each(ROOMS)('%s', (_what, files, flags) => {
  test('is prepared by one command, and each command that is printed next works', async () => {
    const project = newProject(files)
    const { exit, json } = await project.run('init', '--yes', '--json', ...flags)
    expect(exit, JSON.stringify(json)).toBe(0)
    expect(json.data).toMatchObject({ written: true, byHand: [] })
    expect(json.data.next).toHaveLength(2)
    expect(project.git('status', '--porcelain', '--ignored')).not.toContain('.tmp')
    for (const command of json.data.next) expect(await follow(project, command)).toMatchObject({ exit: 0 })

    const again = await project.run('init', '--yes', '--json', ...flags)
    expect(again.json.data).toMatchObject({
      written: false,
      changes: [],
      next: ['npx nofx registry publish', 'npx nofx registry list'],
    })
    expect(project.git('status', '--porcelain')).toBe('')
    expect(await follow(project, again.json.data.next[1])).toMatchObject({
      exit: 0,
      output: expect.stringMatching(/agents\/(assistant|reviewer|greeter) +v1 +active/),
    })
    const { scripts } = JSON.parse(readFileSync(join(project.root, 'package.json'), 'utf8'))
    for (const name of Object.keys(scripts))
      expect(await follow(project, `npm run --silent ${name}`)).toMatchObject({ exit: 0 })
  })
})

describe('nofx init', () => {
  test('without a terminal writes nothing before --yes, and prints the command that writes', async () => {
    const project = newProject()
    const before = project.git('status', '--porcelain', '-uall')
    const shown = await project.run('init', '--id', 'greeter', '--hook', 'git')
    expect(shown).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('nofx init --yes --id greeter --hook git'),
    })
    expect(shown.stdout).toContain('+ packages/shared/agents/greeter')
    const dry = await project.run('init', '--id', 'greeter', '--hook', 'git', '--dry-run')
    expect(dry).toMatchObject({ exit: 0, stdout: expect.stringContaining('Dry run: nothing was written.') })
    expect(project.git('status', '--porcelain', '-uall')).toBe(before)
    const [, command = ''] = /Next:\n {2}(.+)\n/.exec(dry.stdout) ?? []
    expect(await follow(project, command)).toMatchObject({
      exit: 0,
      output: expect.stringContaining('Done.'),
    })
  })

  test('in a repository that git cannot read writes nothing, and says why', async () => {
    const project = newProject()
    const env = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }
    const { exit, json } = await project.runWith({ env }, 'init', '--yes', ...ACTION, '--json')
    expect([exit, json.error.code]).toEqual([1, 'GIT_FAILED'])
    expect(json.error.hint).toMatch(/^git config --global --add safe\.directory /)
    expect(existsSync(join(project.root, 'package.json'))).toBe(false)
  })

  test('outside of a repository prints git init, or runs it with --git', async () => {
    const project = newProject()
    const { root } = project
    rmSync(join(root, '.git'), { recursive: true })
    const { json } = await project.run('init', '--yes', '--json')
    expect(json.data).toMatchObject({ git: false, written: true, next: ['git init', expect.any(String)] })
    expect(existsSync(join(root, '.git'))).toBe(false)
    for (const command of json.data.next) expect(await follow(project, command)).toMatchObject({ exit: 0 })
    rmSync(join(root, '.git'), { recursive: true })
    const made = await project.run('init', '--yes', '--git', '--hook', 'git', '--json')
    expect(made.json.data).toMatchObject({ git: true, written: true })
    expect(existsSync(join(root, '.git/hooks/pre-commit'))).toBe(true)
  })

  test.each([
    [
      'a file that is not JSON',
      { '.vscode/settings.json': '{ "a": ' },
      [],
      /! \.vscode\/settings\.json cannot be edited safely/,
    ],
    [
      'settings of another format',
      { 'lefthook.toml': '' },
      [],
      /! lefthook\.toml cannot be edited safely[\s\S]*validate --staged/,
    ],
    [
      'a workflow of the same name',
      { '.github/workflows/nofx.yml': 'name: mine\n' },
      ACTION,
      /! \.github\/workflows\/nofx\.yml cannot/,
    ],
  ])('leaves %s to a person, with the lines', async (_what, files, flags, says) => {
    const project = newProject(files)
    const { exit, stdout } = await project.run('init', '--yes', ...flags)
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(says) })
    for (const [path, text] of Object.entries(files))
      expect(readFileSync(join(project.root, path), 'utf8')).toBe(text)
  })

  test.each([
    ['an id that no agent can have', ['--id', 'My Agent'], /use "my-agent"/],
    ['an import of nothing', ['--first', 'import'], /\.claude/],
    ['another hook', ['--hook', 'other'], /--hook=other/],
  ])('refuses %s before it writes', async (_what, flags, says) => {
    const project = newProject()
    const refused = await project.run('init', '--yes', ...flags)
    expect(refused.exit).toBeGreaterThan(0)
    expect(refused.stderr).toMatch(says)
    expect(existsSync(join(project.root, 'package.json'))).toBe(false)
  })

  test.skipIf(process.getuid?.() === 0)(
    'reports a file that it may not write, and writes the rest at the next run',
    async () => {
      const project = newProject({ '.vscode/x': '' })
      chmodSync(join(project.root, '.vscode'), 0o555)
      expect(await project.run('init', '--yes')).toMatchObject({
        exit: 1,
        stderr: expect.stringContaining('.vscode'),
      })
      chmodSync(join(project.root, '.vscode'), 0o755)
      expect((await project.run('init', '--yes')).exit).toBe(0)
      expect((await project.run('init', '--yes', '--json')).json.data.changes).toEqual([])
    },
  )
})

describe.skipIf(!hasTerminal)('on a terminal', () => {
  const open = (project: TestProject, answers: [string, string][]) =>
    inTerminal(`exec '${process.execPath}' '${BIN}' init`, {
      cwd: project.root,
      env: { ...process.env, ...project.env },
      columns: 100,
      answers,
    })

  test('it asks, shows the plan, and writes what was answered', async () => {
    const project = newProject()
    const screen = await open(project, [
      ['as you type? [y]', 'n\r'],
      ['pre-commit) [git]', 'what\r'],
      ['pre-commit) [git]', 'none\r'],
      ['Make a first agent? [y]', '\r'],
      ['id of the agent? [assistant]', 'greeter\r'],
      ['Write this? [y]', 'y\r'],
    ])
    expect(screen).toMatch(/\+ packages\/shared\/agents\/greeter[\s\S]*Write this\?[\s\S]*Done\./)
    expect(existsSync(join(project.root, 'packages/shared/agents/greeter/agent.json'))).toBe(true)
    expect(existsSync(join(project.root, '.vscode'))).toBe(false)
    expect(existsSync(join(project.root, '.git/hooks/pre-commit'))).toBe(false)
  })

  test.each([
    ['no to the plan', 'n\r', 'Nothing was written.'],
    ['Ctrl-D', '\u0004', 'INTERRUPTED'],
    ['Ctrl-C', '\u0003', 'INTERRUPTED'],
  ])('%s writes nothing', async (_what, keys, says) => {
    const project = newProject({ '.claude/agents/reviewer.md': AGENT })
    const screen = await open(project, [
      ['as you type? [y]', '\r'],
      ['pre-commit) [git]', '\r'],
      ['Import 1 definition from .claude? [y]', '\r'],
      ['Write this? [y]', keys],
    ])
    expect(screen).toContain(says)
    expect(existsSync(join(project.root, 'package.json'))).toBe(false)
  })
})
