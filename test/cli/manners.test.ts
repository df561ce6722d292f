import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anyAnswer } from '../../src/cli/json/answer.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun, type RunOptions } from '../harness/project.ts'
import { describeSurface, each, listCommands, WORKING_ARGS } from './support/commands.ts'

const STACK = /^\s+at .+:\d+/m
const ESCAPE = String.fromCharCode(27)
const commands = listCommands()
/** Commands that end by themselves; `nofx dev` is tested in test/dev, `registry watch` in watch.test.ts. */
const ending = commands.filter(({ id }) => !['dev', 'mcp', 'registry:watch'].includes(id))

/** A way to fail, and its answer. Most need no registry, so that a row costs little. */
interface FailureCase {
  words: string[]
  exit: number
  code: string
  says: RegExp
  options?: RunOptions
}

const HALF = { SUPABASE_URL: 'https://project.supabase.co' }
const FAILURES: FailureCase[] = [
  { words: ['publsh'], exit: 2, code: 'USAGE', says: /the command "publsh" does not exist/ },
  { words: ['publish'], exit: 2, code: 'USAGE', says: /did you mean: nofx registry publish/ },
  {
    words: ['help', 'registry', 'publsh'],
    exit: 2,
    code: 'USAGE',
    says: /did you mean: nofx registry publish/,
  },
  {
    words: ['registry', 'export', 'claude'],
    exit: 2,
    code: 'USAGE',
    says: /did you mean: nofx export claude\n/,
  },
  { words: ['preview', 'validate'], exit: 2, code: 'USAGE', says: /did you mean: nofx validate\n/ },
  {
    words: ['registry', 'instantiate', 'triage'],
    exit: 2,
    code: 'USAGE',
    says: /did you mean: nofx templates instantiate triage\n/,
  },
  { words: ['registry', 'publsh'], exit: 2, code: 'USAGE', says: /did you mean: nofx registry publish/ },
  { words: ['plugins'], exit: 2, code: 'USAGE', says: /name it in "nofx\.plugins" of package\.json/ },
  {
    words: ['rollback', 'agents/one', '--reason', 'it loops'],
    exit: 2,
    code: 'USAGE',
    says: /the command "rollback" does not exist\n.*did you mean: nofx registry rollback agents\/one --reason 'it loops'\n/,
  },
  { words: ['list'], exit: 2, code: 'USAGE', says: /did you mean: nofx registry list\n/ },
  { words: ['registry', 'list', '--jsn'], exit: 2, code: 'USAGE', says: /did you mean: --json/ },
  { words: ['registry', 'show'], exit: 2, code: 'USAGE', says: /the definition is missing/ },
  {
    words: ['registry', 'show', 'agents', 'x', '--version'],
    exit: 2,
    code: 'USAGE',
    says: /--version needs a value/,
  },
  { words: ['registry', 'list', '--al'], exit: 2, code: 'USAGE', says: /the flag --al does not exist/ },
  { words: ['registry', 'show', 'agents'], exit: 2, code: 'USAGE', says: /id is missing/ },
  { words: ['registry', 'list', 'agents', 'b', 'c'], exit: 2, code: 'USAGE', says: /takes no argument "c"/ },
  { words: ['validate', '--format', 'xml'], exit: 2, code: 'USAGE', says: /--format=xml/ },
  { words: ['registry', 'list', '--state', 'gone'], exit: 2, code: 'USAGE', says: /--state=gone/ },
  { words: ['registry', 'show', 'agents', 'x', '--version', '1.2'], exit: 2, code: 'USAGE', says: /1\.2/ },
  { words: ['registry', 'show', 'agents', 'x', '--version', '0'], exit: 2, code: 'USAGE', says: /0/ },
  { words: ['registry', 'rollback', 'agents', 'x'], exit: 2, code: 'USAGE', says: /--reason is missing/ },
  { words: ['registry', 'publish', '--exit-code'], exit: 2, code: 'USAGE', says: /--dry-run/ },
  { words: ['registry', 'publish', '--commit', 'abc'], exit: 2, code: 'USAGE', says: /--rank/ },
  { words: ['registry', 'publish', '--plan', 'p', '--prune'], exit: 2, code: 'USAGE', says: /--plan/ },
  {
    words: ['worker', 'run'],
    exit: 2,
    code: 'USAGE',
    says: /either --plan or --resume is needed/,
  },
  { words: ['worker', 'run', 'x'], exit: 2, code: 'USAGE', says: /takes no argument "x"/ },
  {
    words: ['registry', 'publish', 'robots'],
    exit: 2,
    code: 'USAGE',
    says: /the kind "robots" does not exist/,
  },
  { words: ['schema', 'robots'], exit: 2, code: 'USAGE', says: /use one of: .*agents/ },
  { words: ['new', 'robot', 'x1'], exit: 2, code: 'USAGE', says: /the kind "robot" does not exist/ },
  { words: ['new', 'agent', 'Code Reviewer'], exit: 2, code: 'USAGE', says: /use "code-reviewer"/ },
  { words: ['new', 'agent', '../out'], exit: 2, code: 'USAGE', says: /"\.\.\/out" is not a valid agent id/ },
  { words: ['validate', 'robots'], exit: 2, code: 'USAGE', says: /neither a kind nor a path/ },
  { words: ['validate', '--changed-since', 'no-ref'], exit: 2, code: 'USAGE', says: /no-ref/ },
  { words: ['registry', 'list'], exit: 2, code: 'CONFIG', says: /nofx login/, options: { env: HALF } },
  { words: ['dev', '--port', '70000'], exit: 2, code: 'USAGE', says: /70000/ },
  { words: ['dev', '--db', 'mysql://a:b@c/d'], exit: 2, code: 'CONFIG', says: /write --db postgres:/ },
  {
    words: ['validate', 'agents'],
    exit: 1,
    code: 'FINDINGS',
    says: /2 definitions checked: 1 error, 0 warnings/,
  },
  { words: ['new', 'agent', 'good'], exit: 1, code: 'REFUSED', says: /exists already/ },
  { words: ['registry', 'publish', '--plan', 'none'], exit: 1, code: 'INPUT_UNREADABLE', says: /ENOENT/ },
  { words: ['import', 'claude', 'nowhere'], exit: 1, code: 'INPUT_UNREADABLE', says: /nowhere/ },
  { words: ['validate'], exit: 1, code: 'NO_DEFINITIONS', says: /nofx new agent/, options: { cwd: 'empty' } },
  { words: ['validate'], exit: 2, code: 'CONFIG', says: /not valid JSON/, options: { cwd: 'torn' } },
  { words: ['validate'], exit: 70, code: 'BUG', says: /report/, options: { cwd: 'failing' } },
]

/** Every eighth command has a process of its own: starting one takes ten times the time of the help that it prints. */
const someAlone = (id: string): RunOptions => ({
  alone: commands.findIndex((one) => one.id === id) % 8 === 0,
})

describe('every command', () => {
  let project: PostgresProject
  beforeAll(async () => {
    project = await newProject()
  })
  afterAll(() => project.remove())

  it('every command keeps its name, its arguments and its flags', async () => {
    await expect(describeSurface()).toMatchFileSnapshot('surface.txt')
  })

  it('every command has help with at least two examples', async () => {
    const helped = await each(commands, async ({ id, words }) => {
      const { exit, stdout, stderr } = await project.runWith(someAlone(id), ...words, '--help')
      const [, examples = ''] = stdout.split('EXAMPLES')
      return { id, exit, stderr, examples: examples.split(`$ nofx ${words.join(' ')}`).length - 1 >= 2 }
    })
    expect(helped).toEqual(commands.map(({ id }) => ({ id, exit: 0, stderr: '', examples: true })))
  })

  it('no command calls itself unknown because of a word too many', async () => {
    const bare = commands.filter(({ args }) => Object.keys(args).length === 0)
    expect(bare.length).toBeGreaterThan(5)
    const refused = await each(bare, async ({ id, words }) => ({
      id,
      ...(await project.runWith(someAlone(id), ...words, 'stray', '--help-me')),
    }))
    const unclear = refused.filter(
      ({ exit, stderr }) =>
        exit !== 2 || !/(takes no argument "stray"|--help-me does not exist)/.test(stderr),
    )
    expect(unclear.map(({ id, stderr }) => [id, stderr])).toEqual([])
  })

  it('every command is found by "help" too, and all are listed without one', async () => {
    const [plain, help, topic, one] = await each(
      [[], ['help'], ['help', 'registry'], ['help', 'registry', 'show']],
      (words) => project.runWith({ alone: true }, ...words),
    )
    expect(plain?.stdout).toMatch(/registry +Publish, inspect and roll back/)
    expect(help?.stdout).toBe(plain?.stdout)
    expect(topic?.stdout).toContain('registry rollback')
    expect(one?.stdout).toContain('$ nofx registry show agents/reviewer')
  })

  it('no command reads stdin as an argument: a hook or a pipeline has its own stdin', () => {
    const options = { input: 'agents\n', encoding: 'utf8', cwd: project.root } as const
    const missing = spawnSync(process.execPath, [resolve('bin/run.js'), 'schema'], options)
    expect(missing).toMatchObject({ status: 2, stderr: expect.stringMatching(/^error USAGE/) })
  })

  it('a command loads the same files whatever NODE_ENV is', async () => {
    const preload = join(project.root, '.git/print-loaded.cjs')
    writeFileSync(preload, "process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')))")
    const loaded = await each(['', 'production', 'development', 'test'], async (NODE_ENV) => {
      const env = { NODE_ENV, NODE_OPTIONS: `--require=${preload}` }
      const { exit, stderr } = await project.runWith({ env, alone: true }, 'validate')
      expect(exit, stderr).toBe(0)
      return stderr
    })
    expect(loaded[0]).toContain('check.cjs')
    expect(new Set(loaded).size).toBe(1)
  })

  it('every command prints exactly one JSON document with --json, and nothing else', async () => {
    const project = await newProject()
    await project.run('registry', 'publish')
    const answers: { id: string; run: CliRun }[] = []
    for (const { id, words } of ending)
      answers.push({ id, run: await project.run(...words, ...(WORKING_ARGS[id] ?? []), '--json') })
    for (const { id, run } of answers) {
      expect(run.stderr, id).toBe('')
      expect(run.json, id).toMatchObject({
        ok: run.exit === 0 || run.exit === 10,
        diagnostics: expect.any(Array),
      })
      expect(run.stdout.endsWith('}\n'), id).toBe(true)
      expect(anyAnswer.safeParse(run.json).error?.issues, id).toBeUndefined()
    }
    const failed = answers.filter(({ run }) => run.exit !== 0).map(({ id, run }) => [id, run.json.error.code])
    // Version 1 is the one that is live, without a draft after it, and nothing was removed.
    expect(failed).toEqual([
      ['console', 'CONFIG'],
      ['login', 'CONFIG'],
      ['logout', 'CONFIG'],
      ['preview:diff', 'NOT_FOUND'],
      ['registry:promote', 'REFUSED'],
      ['registry:releases:show', 'NOT_FOUND'],
      ['registry:rollback', 'REFUSED'],
      ['registry:undelete', 'REFUSED'],
      ['registry:withdraw', 'REFUSED'],
      ['reports:show', 'NOT_FOUND'],
      ['templates:instantiate', 'NOT_FOUND'],
      ['webhooks:remove', 'NOT_FOUND'],
      ['webhooks:rotate', 'NOT_FOUND'],
      ['webhooks:test', 'NOT_FOUND'],
      ['worker:run', 'NOT_FOUND'],
    ])
    await project.remove()
  })

  it('no command asks, uses colours or shows progress without a terminal', async () => {
    const envs: Record<string, string>[] = [
      { CI: '1', NO_COLOR: '' },
      { NO_COLOR: '1' },
      { NO_COLOR: '', TERM: 'dumb' },
    ]
    for (const env of envs) {
      const { stdout, stderr, exit } = await project.runWith({ env, alone: true }, 'registry', 'status')
      expect({ exit, stderr, painted: stdout.includes(ESCAPE) }).toEqual({
        exit: 0,
        stderr: '',
        painted: false,
      })
    }
    const forced = await project.runWith(
      { env: { NO_COLOR: '', FORCE_COLOR: '1' }, alone: true },
      'schema',
      'robots',
    )
    expect(forced.stderr).toContain(ESCAPE)
  })
})

describe('a failure', () => {
  let project: PostgresProject
  beforeAll(async () => {
    project = await newProject()
    project.write(agentFiles('bad', { owner: 'no owner at all' })).write(plugin('kind-that-throws'))
    project.write({ 'empty/.git/x': '', 'torn/package.json': '{ "nofx": ' })
  })
  afterAll(() => project.remove())

  it.each(FAILURES)(
    'a failure of $words exits $exit with $code',
    async ({ words, exit, code, says, options = {} }) => {
      const [text, json] = await Promise.all([
        project.runWith(options, ...words),
        project.runWith(options, ...words, '--json'),
      ])
      expect({ exit: text.exit, jsonExit: json.exit }).toEqual({ exit, jsonExit: exit })
      expect(text.stderr).toMatch(new RegExp(`^error ${code} .+\n {2}hint: .+\n$`))
      expect(text.stderr).toMatch(says)
      expect(namesItself(text.stderr, words)).toBe(false)
      expect(text.stdout + text.stderr + json.stdout).not.toMatch(STACK)
      expect(json.stderr).toBe('')
      expect(anyAnswer.safeParse(json.json).error?.issues).toBeUndefined()
      const { ok, error, diagnostics } = json.json
      expect({ ok, ...error, diagnostics }).toMatchObject({
        ok: false,
        code,
        message: expect.stringMatching(/./),
        hint: expect.stringMatching(/./),
        diagnostics: expect.any(Array),
      })
    },
  )

  it('a failure shows its stack only with DEBUG=nofx', async () => {
    const { stderr, exit } = await project.runWith({ cwd: 'failing', env: { DEBUG: 'nofx' } }, 'validate')
    expect(exit).toBe(70)
    expect(stderr).toMatch(STACK)
    expect(stderr).toContain('TypeError')
  })
})

describe('a secret', () => {
  const SECRET = 'sb_secret_planted0123456789abcdefghij'
  let project: PostgresProject
  let server: Server
  beforeAll(async () => {
    project = await newProject()
    // A hostile remote: it refuses and quotes every header that it was sent.
    server = createServer((request, response) => {
      request.resume()
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ message: JSON.stringify(request.headers), headers: request.headers }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    server.close()
    project.remove()
  })

  it('a secret in the environment is printed by no command, even when the remote quotes it', async () => {
    const env = {
      SUPABASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      SUPABASE_SECRET_KEY: SECRET,
    }
    const runs = ending.flatMap(({ id, words }) => [
      { id, words: [...words, ...(WORKING_ARGS[id] ?? [])], env },
      { id, words: [...words, ...(WORKING_ARGS[id] ?? []), '--json'], env: { ...env, DEBUG: 'nofx' } },
    ])
    const answers = await each(runs, async ({ id, words, env }) => {
      const { stdout, stderr, exit } = await project.runWith({ env }, ...words)
      const own = id.split(':')
      return { id, exit, output: stdout + stderr, isCircular: namesItself(stdout + stderr, own) }
    })
    expect(answers.filter(({ isCircular }) => isCircular).map(({ id, output }) => [id, output])).toEqual([])
    const leaks = answers.filter(({ output }) => output.includes(SECRET.slice(0, 17))).map(({ id }) => id)
    expect(leaks).toEqual([])
    const refused = answers.filter(({ exit }) => exit === 3).map(({ id }) => id)
    expect(new Set(refused)).toEqual(
      new Set(
        ending
          .map(({ id }) => id)
          .filter((id) => /^((preview|registry|templates|webhooks):|reports:list$)/.test(id)),
      ),
    )
  }, 180_000)

  it.each([
    [
      'a publishable key',
      { SUPABASE_URL: 'https://x.supabase.co', SUPABASE_SECRET_KEY: SECRET.replace('secret', 'publishable') },
    ],
    ['a key alone', { SUPABASE_SECRET_KEY: SECRET }],
    ['an invalid URL', { SUPABASE_URL: 'x.supabase.co', SUPABASE_SECRET_KEY: SECRET }],
    ['an invalid database URL', { NOFX_DATABASE_URL: `mysql://user:${SECRET}@localhost/db` }],
    ['a database that is away', { NOFX_DATABASE_URL: `postgres://user:${SECRET}@127.0.0.1:1/db` }],
  ])('a secret in %s is not quoted', async (_name, env) => {
    const { stdout, stderr, exit } = await project.runWith({ env }, 'registry', 'list')
    expect([2, 3]).toContain(exit)
    expect(stdout + stderr).not.toContain('planted')
  })

  it('a secret in a prompt is shown to at most six characters', async () => {
    const leaky = 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz'
    project.write(agentFiles('leaky', {}, `Use ${leaky} for it.\n`))
    const runs = await each(
      ['text', 'json', 'sarif', 'junit', 'github'].map((format) => ['validate', '--format', format]),
      (words) => project.run(...words),
    )
    for (const { exit, stdout, stderr } of runs) {
      expect(exit).toBe(1)
      expect(stdout).toContain('NOFX_SECRET')
      expect(stdout + stderr).not.toContain(leaky.slice(0, 11))
    }
  })
})

/** Whether a hint or a fix sends a person back to the command that printed it, without anything that is different. */
function namesItself(output: string, words: readonly string[]): boolean {
  const advice = output.split('\n').filter((line) => /^ *(?:hint|fix):|"(?:hint|fix)":/.test(line))
  return advice.some((line) => new RegExp(`nofx ${words.join(' ')}(?:["'.,;]|$)`).test(line))
}

async function newProject(): Promise<PostgresProject> {
  const front = '---\nname: from-claude\ndescription: Comes from elsewhere.\n---\n\nYou work.\n'
  const project = await PostgresProject.create()
  project
    .write(agentFiles('good'))
    .write({ 'claude/agents/from-claude.md': front, '.gitignore': 'claude\n' })
    .commit()
  return project
}

/** A project in `failing/` with a kind whose schema throws at the first definition: a bug during a command. */
function plugin(name: string): Record<string, string | object> {
  const kind = `{
    id: 'things', singular: 'thing', manifestFile: 'thing.json', idField: 'thingId', rules: {},
    schema: { _zod: {} },
    limits: { manifestBytes: 1e5, textBytes: 1e5, assetBytes: 1e5, files: 9, depth: 9 },
    check: () => [], promptsOf: () => [], filesOf: () => [], describe: () => ({}), risks: () => [],
    references: () => [], scaffold: () => ({}),
  }`
  return {
    'failing/package.json': { dependencies: { [name]: '1.0.0' }, nofx: { plugins: [name] } },
    'failing/packages/shared/things/one/thing.json': { thingId: 'one' },
    [`failing/node_modules/${name}/package.json`]: {
      name,
      version: '1.0.0',
      type: 'module',
      oclif: { hooks: { kinds: './kinds.js' } },
    },
    [`failing/node_modules/${name}/kinds.js`]: `export default async () => [${kind}]\n`,
  }
}
