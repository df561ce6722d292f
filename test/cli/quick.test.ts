import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { SHELLS } from '../../src/cli/completion/shells.ts'
import { FAILURES } from '../../src/contract/failure.ts'
import { agentFiles } from '../harness/project.ts'
import { tempFolder, writeFiles } from '../import/support/temp-folder.ts'
import { listCommands } from './support/commands.ts'
import { hasTerminal, inTerminal, type TerminalOptions } from './support/terminal.ts'

const PROGRAM = 'test/cli/support/answers.mjs'
const TOPICS = [
  ...new Set(listCommands().flatMap(({ words }) => (words.length > 1 ? [words.slice(0, 1)] : []))),
]
const SUBJECTS = [...listCommands().map(({ words }) => words), ...TOPICS]
const HELP = [[], ['--help'], ['help'], ...SUBJECTS.map((words) => [...words, '--help'])]
/** Lines that ask for a help in another way, which oclif has to interpret. */
const ODD = [
  ['help', 'registry', 'publish'],
  ['help', 'help'],
  ['nope', '--help'],
  ['registry', 'nope', '--help'],
  ['registry:publish', '--help'],
  ['validate', 'agents', '--help'],
  ['validate', '--strict', '--help'],
  ['validate', '--help', '--help'],
  ['--help', 'validate'],
  ['help', 'validate', '--json'],
  ['help', '--version'],
  ['__proto__', '--help'],
  ['constructor', '--help'],
  ['', '--help'],
  ['--', '--help'],
]
const AGENT = Object.fromEntries(
  Object.entries(agentFiles('one')).map(([path, content]) => [
    path,
    typeof content === 'string' ? content : JSON.stringify(content),
  ]),
)
/** What a shell asks at a TAB: nothing yet, a flag, and an argument of each command. */
const TABS = SUBJECTS.flatMap((words) => [
  [...words.slice(0, -1), words.at(-1)?.slice(0, 2) ?? ''],
  [...words, '-'],
  [...words, ''],
  [...words, 'agents', ''],
])
const COMPLETIONS = [
  ...Object.keys(SHELLS).flatMap((shell) => [[shell], [shell, '--'], [shell, '--', '']]),
  ...TABS.map((words) => ['zsh', '--', ...words]),
  ['fish', '--', 'registry', 'list', '--state='],
  ['fish', '--', 'registry', 'show', 'agent/'],
  ['fish', '--', 'validate', 'templates/'],
  ['bash', '--', 'registry', 'list', '--state', '=', 'a'],
  ['bash', '--', 'validate', '--json'],
  ['bash', '--', '--'],
  ['bash', '--json'],
  ['bash', 'x'],
  ['bash', '--nope'],
  ['nope'],
  ['__proto__'],
  [],
].map((words) => ['completion', ...words])

type Env = Record<string, string>

/** Calls of validate: with what is there, what is not, and names. */
const CHECKS = [
  ['--no-cache'],
  ['packages/shared/agents/one/agent.json', '--no-cache'],
  [],
  ['packages/shared/agents/one/agent.json'],
  ['agents/one'],
  ['agent', 'one'],
  ['agents'],
  ['nope'],
  ['packages/shared/agents/gone/agent.json'],
  ['packages/shared/agents/two'],
  ['packages/shared/agents/one/agent.json', 'README.md'],
  ['packages/shared'],
  [],
].map((words) => ['validate', ...words])

/** The output and exit status of each line, in a process whose stdout is a pipe. */
function answersOf(way: 'whole' | 'quick', lines: readonly string[][], cwd: string, more: Env = {}) {
  const list = join(tempFolder({ 'lines.json': JSON.stringify(lines) }), 'lines.json')
  const { FORCE_COLOR: _, ...env } = process.env
  const run = spawnSync(process.execPath, [resolve(PROGRAM), way, list], {
    cwd,
    env: { ...env, NODE_ENV: '', ...more },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  const answers = run.stdout.split('\0').slice(0, -1)
  if (answers.length !== lines.length) throw new Error(run.stderr)
  return { answers, stderr: run.stderr }
}

const isLeft = (answer: string) => answer === '\u0001left'
/** The answers of both ways to the lines that the quick way answers. */
function compare(quick: readonly string[], whole: readonly string[]) {
  const answered = quick.flatMap((answer, at) => (isLeft(answer) ? [] : [at]))
  return {
    quick: answered.map((at) => quick[at]),
    whole: answered.map((at) => whole[at]),
    left: quick.length - answered.length,
  }
}

describe('an answer without oclif', () => {
  test('is that of the whole program, for every command', () => {
    const cwd = tempFolder(AGENT)
    const lines = [...HELP, ...ODD, ...COMPLETIONS]
    const { quick, whole, left } = compare(
      answersOf('quick', lines, cwd).answers,
      answersOf('whole', lines, cwd).answers,
    )
    expect(quick).toEqual(whole)
    expect(quick.length).toBeGreaterThanOrEqual(HELP.length + COMPLETIONS.length - 10)
    expect(left).toBeGreaterThan(10)
  })

  test.each<[string, Record<string, string>, Env]>([
    ['with a plugin', { 'package.json': '{"nofx":{"plugins":["nofx-none"]}}' }, {}],
    ['with settings that are not understood', { 'package.json': '{"nofx":7}' }, {}],
    ['with a damaged package.json', { 'package.json': '{"nofx":' }, {}],
    ['with DEBUG', {}, { DEBUG: 'nofx' }],
    ['with NOFX_DEBUG', {}, { NOFX_DEBUG: '1' }],
    ['with JSON as the type of content', {}, { NOFX_CONTENT_TYPE: 'json' }],
  ])('is not given %s', (_name, files, env) => {
    const lines = [
      ['--help'],
      ['validate', '--help'],
      ['completion', 'bash'],
      ['completion', 'bash', '--', ''],
    ]
    expect(
      answersOf('quick', lines, tempFolder({ ...AGENT, ...files }), env).answers.filter(
        (one) => !isLeft(one),
      ),
    ).toEqual([])
  })

  test('is not given with ids that cannot be read', () => {
    const cwd = tempFolder({ 'packages/shared/agents': 'a file' })
    const lines = [['completion', 'bash', '--', 'registry', 'list', 'agents', '']]
    expect(answersOf('quick', lines, cwd).answers.map(isLeft)).toEqual([true])
  })

  test('has no colours in a pipe, so it is not given where they are forced', () => {
    const { answers } = answersOf('quick', [['--help']], tempFolder({}), { FORCE_COLOR: '1' })
    expect(answers.map(isLeft)).toEqual([true])
  })
})

describe('a check without oclif', () => {
  const BROKEN = { 'packages/shared/agents/two/agent.json': '{}' }
  const SKILL = {
    'packages/shared/skills/one/SKILL.md':
      '---\nname: one\ndescription: Does one thing.\nmetadata:\n  nofx-owner: platform\n---\nDo it.\n',
  }
  const commit = (cwd: string) => {
    for (const words of [
      ['init', '-q'],
      ['add', '-A'],
      ['commit', '-qm', 'all'],
    ])
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd })
  }
  /** Projects, and how many of CHECKS are answered without the command. */
  test.each<[string, Record<string, string>, (cwd: string) => void, number]>([
    ['two kinds in git', { ...AGENT, ...SKILL }, commit, 9],
    ['an agent that is not in order', { ...AGENT, ...BROKEN }, () => {}, 5],
    ['ignored files', { ...AGENT, ...BROKEN, '.gitignore': 'two/\n' }, commit, 6],
    ['no definitions', {}, () => {}, 4],
    [
      'a file that git does not show as changed',
      AGENT,
      (cwd) => {
        commit(cwd)
        execFileSync('git', ['update-index', '--assume-unchanged', 'packages/shared/agents/one/agent.json'], {
          cwd,
        })
        appendFileSync(join(cwd, 'packages/shared/agents/one/agent.json'), '\n')
      },
      6,
    ],
  ])('says what the command says, with %s', (_name, files, prepare, answered) => {
    const cwd = tempFolder({ ...files, 'README.md': 'Read me.' })
    prepare(cwd)
    const { answers, stderr } = answersOf('quick', CHECKS, cwd)
    const { quick, whole } = compare(answers, answersOf('whole', CHECKS, cwd).answers)
    expect(quick).toEqual(whole)
    expect([stderr, quick.length]).toEqual(['', answered])
  })

  test('takes the name of a kind for the kind, also if only a definition has that name', () => {
    const agents = ['servers', 'server', 'templates', 'skill'].map((id) =>
      Object.entries(AGENT).map(([path, text]) => [
        path.replace('/one/', `/${id}/`),
        text.replace('"one"', `"${id}"`),
      ]),
    )
    const root = tempFolder({ ...AGENT, ...Object.fromEntries(agents.flat()) })
    const lines = [
      ...[['servers'], ['server'], ['templates'], ['skills'], ['./servers'], ['servers/agent.json']],
      ...[['servers/gone'], ['agents', 'server'], ['agents', 'skill'], ['agents', 'one'], ['one', 'servers']],
    ].map((words) => ['validate', ...words])
    for (const cwd of [root, join(root, 'packages/shared/agents')]) {
      const { quick, whole, left } = compare(
        answersOf('quick', lines, cwd).answers,
        answersOf('whole', lines, cwd).answers,
      )
      expect(quick).toEqual(whole)
      expect(left).toBeLessThan(lines.length)
    }
  })

  test('ends at a signal as the command does', async () => {
    const interrupt = async (...words: string[]) => {
      const cwd = tempFolder(AGENT)
      execFileSync('git', ['init', '-q'], { cwd })
      // Git has to be asked whether this rule is about the agent.
      writeFiles(cwd, { '.gitignore': 'agent.*\n' })
      const marker = join(cwd, 'asked')
      writeFiles(cwd, { 'bin/git': `#!/bin/sh\ntouch '${marker}'\nexec sleep 9 > /dev/null 2>&1\n` })
      chmodSync(join(cwd, 'bin/git'), 0o755)
      const PATH = `${join(cwd, 'bin')}${delimiter}${process.env.PATH}`
      const child = spawn(process.execPath, [resolve('bin/run.js'), ...words], {
        cwd,
        env: { ...process.env, NODE_ENV: '', PATH },
      })
      const ended = once(child, 'close')
      const text = Promise.all([child.stdout, child.stderr].map((stream) => stream.toArray()))
      while (!existsSync(marker)) await setTimeout(50)
      await setTimeout(1_000)
      child.kill('SIGINT')
      const [exit, signal] = await ended
      return { exit, signal, text: String(await text) }
    }
    const [quick, command] = await Promise.all([
      interrupt('validate', 'agents/one'),
      interrupt('validate', 'agents/one', '--strict'),
    ])
    expect(quick).toEqual(command)
    expect(quick.exit).toBe(FAILURES.INTERRUPTED.exit)
    expect(quick.text).toContain('INTERRUPTED')
  })

  test('has the findings, the place and the status of the command', () => {
    const cwd = tempFolder({ ...AGENT, ...BROKEN })
    const say = (...words: string[]) => {
      const run = spawnSync(process.execPath, [resolve('bin/run.js'), ...words], { cwd, encoding: 'utf8' })
      return { exit: run.status, stdout: run.stdout, stderr: run.stderr }
    }
    const plain = say('validate')
    const [command, ...others] = ['--format=text', '--no-cache'].map((flag) => say('validate', flag))
    expect([plain, ...others]).toEqual([command, command])
    expect(plain.exit).toBe(FAILURES.FINDINGS.exit)
  })
})

describe.skipIf(!hasTerminal)('a help without oclif on a terminal', () => {
  const { FORCE_COLOR: _, NO_COLOR: __, CI: ___, XDG_CONFIG_HOME: ____, ...env } = process.env
  const screens = async (way: string, lines: readonly string[][], columns: number, more: Env = {}) => {
    const folder = tempFolder({ 'lines.json': JSON.stringify(lines) })
    const options: TerminalOptions = {
      cwd: folder,
      columns,
      colour: more.NO_COLOR === undefined,
      env: { ...env, ...more },
    }
    const words = [process.execPath, resolve(PROGRAM), way, join(folder, 'lines.json')]
    const output = await inTerminal(words.map((word) => `'${word}'`).join(' '), options)
    return output.split('\0').slice(0, -1)
  }

  test.each<[number, Env]>([
    [80, {}],
    [173, { NO_COLOR: '1' }],
  ])('is that of the whole program, with %j columns and %j', async (columns, more) => {
    const { quick, whole, left } = compare(
      await screens('quick', HELP, columns, more),
      await screens('whole', HELP, columns, more),
    )
    expect(quick).toEqual(whole)
    expect([left, quick.length]).toEqual([0, HELP.length])
    expect(quick.join('').includes('\u001b[1m')).toBe(more.NO_COLOR === undefined)
  })

  test('is not given on a narrow terminal, nor with a theme of the user', async () => {
    const HOME = tempFolder({ '.config/nofx/theme.json': '{"sectionHeader":"red"}' })
    const isLeftWith = async (columns: number, more: Env = {}) =>
      (await screens('quick', [['--help']], columns, more)).map(isLeft)
    expect(await isLeftWith(60)).toEqual([true])
    expect(await isLeftWith(99)).toEqual([true])
    expect(await isLeftWith(100, { HOME })).toEqual([true])
    expect(await isLeftWith(100, { XDG_CONFIG_HOME: join(HOME, '.config') })).toEqual([true])
    expect(await isLeftWith(100, { NOFX_CONFIG_DIR: HOME })).toEqual([true])
  })
})
