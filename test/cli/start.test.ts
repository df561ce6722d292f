import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, delimiter, join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sha256 } from '../../src/contract/digest.ts'
import { FAILURES } from '../../src/contract/failure.ts'
import { openedDatabase } from '../harness/cloud-database.ts'
import { agentFiles } from '../harness/project.ts'
import { tempFolder, writeFiles } from '../import/support/temp-folder.ts'

/** The most that the bundle may have, bytes: each start of a command reads it. */
const MOST_BYTES = 1_229_400

const ONE = 'packages/shared/agents/one/agent.json'

/** Writes at the end which files of the build and which modules of Node.js the process loaded. */
const WITNESS = `process.on('exit', () => require('node:fs').writeFileSync(process.env.SEEN, JSON.stringify({
  files: Object.keys(require.cache),
  builtins: process.moduleLoadList.map((line) => line.split(' ').at(-1)),
})))`

const AGENT = Object.fromEntries(
  Object.entries(agentFiles('one')).map(([path, content]) => [
    path,
    typeof content === 'string' ? content : JSON.stringify(content),
  ]),
)
const PATH = process.env.PATH ?? ''
const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']
const GIT =
  PATH.split(delimiter)
    .map((folder) => join(folder, 'git'))
    .find(existsSync) ?? 'git'

/** Runs the CLI as a process of its own, in a folder with one agent, and counts the git processes that it starts. */
function start(args: string[], { inGit = false, rules = '', cwd = tempFolder(AGENT), more = {} } = {}) {
  const tools = tempFolder({ 'witness.cjs': WITNESS, calls: '' })
  writeFiles(tools, { 'bin/git': `#!/bin/sh\necho "$@" >> '${join(tools, 'calls')}'\nexec '${GIT}' "$@"\n` })
  chmodSync(join(tools, 'bin/git'), 0o755)
  if (rules !== '') writeFiles(cwd, { '.gitignore': rules })
  if (inGit) execFileSync(GIT, ['init', '-q'], { cwd })
  const SEEN = join(tools, 'seen.json')
  const env = {
    ...process.env,
    PATH: `${join(tools, 'bin')}${delimiter}${PATH}`,
    SEEN,
    NODE_OPTIONS: '',
    NODE_ENV: '',
    ...more,
  }
  execFileSync(process.execPath, ['-r', join(tools, 'witness.cjs'), resolve('bin/run.js'), ...args], {
    cwd,
    env,
  })
  const { files, builtins } = JSON.parse(readFileSync(SEEN, 'utf8')) as {
    files: string[]
    builtins: string[]
  }
  const calls = readFileSync(join(tools, 'calls'), 'utf8').split('\n').filter(Boolean)
  return { files: files.map((file) => basename(file)), builtins, calls }
}

describe('a start of the CLI', () => {
  test.each([
    ['the bundle', 'nofx.cjs', ['--version', 'x']],
    ['the bundle', 'nofx.cjs', ['--help', 'validate']],
    ['the first part of the bundle', 'check.cjs', ['validate', ONE]],
  ])('loads %s alone (%s) for %j, and no part that is seldom used', (_name, file, args) => {
    const { files, builtins, calls } = start(args)
    expect(files.filter((one) => ['nofx.cjs', 'check.cjs'].includes(one))).toEqual([file])
    const seldom = 'packages.cjs pg.cjs importer.cjs direct.cjs preview.cjs server.cjs re2js.cjs'.split(' ')
    expect(files.filter((file) => seldom.includes(file))).toEqual([])
    const heavy = ['crypto', 'worker_threads', 'http', 'https', 'zlib', 'readline', 'child_process', 'v8']
    expect(builtins.filter((name) => heavy.includes(name))).toEqual([])
    expect(calls).toEqual([])
  })

  test.each([
    ['version.cjs', ['--version']],
    ['help.cjs', []],
    ['help.cjs', ['--help']],
    ['help.cjs', ['help', 'registry', 'publish']],
    ['help.cjs', ['validate', '--help']],
    ['completion.cjs', ['completion', 'bash']],
    ['completion.cjs', ['completion', 'zsh', '--', 'registry', 'list', 'agents', '']],
    ['completion.cjs', ['completion', 'fish', '--', 'validate', '--help']],
  ])('loads %s alone for %j', (file, args) => {
    const { files, builtins, calls } = start(args)
    expect(files.sort()).toEqual([file, 'run.js', 'witness.cjs'].sort())
    expect(builtins.filter((name) => ['net', 'tty', 'stream', 'vm'].includes(name))).toEqual([])
    expect(calls).toEqual([])
    expect(statSync(`dist/${file}`).size).toBeLessThan(15_000)
  })

  test.each<[string, Record<string, string>]>([
    ['a folder of no project', {}],
    ['a project', AGENT],
    ['a project with a plugin that is missing', { 'package.json': '{"nofx":{"plugins":["nofx-none"]}}' }],
    [
      'a project with a plugin',
      {
        'package.json': '{"nofx":{"plugins":["nofx-own"]}}',
        'node_modules/nofx-own/package.json': '{"name":"nofx-own","version":"1.0.0","oclif":{}}',
      },
    ],
    ['a project whose settings are not understood', { 'package.json': '{"nofx":7}' }],
    ['a project whose package.json is damaged', { 'package.json': '{"nofx":' }],
  ])('answers --version as oclif does in %s', (_name, files) => {
    const cwd = tempFolder(files)
    const say = (...words: string[]) => {
      const run = spawnSync(process.execPath, [resolve('bin/run.js'), ...words], { cwd, encoding: 'utf8' })
      return { exit: run.status, stdout: run.stdout, stderr: run.stderr }
    }
    expect(say('--version')).toEqual(say('--version', 'x'))
  })

  test.skipIf(!existsSync('/dev/full')).each(['--version', '--help', 'completion bash'])(
    'says so when the answer to %s cannot be written',
    (words) => {
      const run = spawnSync('sh', ['-c', `'${process.execPath}' bin/run.js ${words} > /dev/full`])
      expect(run.status).toBe(FAILURES.OUTPUT_FAILED.exit)
      expect(String(run.stderr)).toContain('OUTPUT_FAILED')
    },
  )

  test('waits for the reader of a full pipe that does not block, and not for a reader that ended', () => {
    const node = `'${process.execPath}'`
    const full = `process.stdout.write('x'.repeat(65536)); require('node:child_process').spawnSync(process.execPath, ['bin/run.js', 'validate', '--help'], { stdio: 'inherit' })`
    const slow = spawnSync('sh', ['-c', `${node} -e "${full}" | (sleep 0.3; cat)`], { encoding: 'utf8' })
    const help = spawnSync(process.execPath, ['bin/run.js', 'validate', '--help'], { encoding: 'utf8' })
    expect(slow.stdout.replace(/^x+/, '')).toBe(help.stdout)
    const ended = spawnSync('bash', ['-c', `${node} bin/run.js --help | true; echo \${PIPESTATUS[0]}`], {
      encoding: 'utf8',
    })
    expect([ended.stdout, ended.stderr]).toEqual(['0\n', ''])
  })

  test('asks git about the definition of one file only where a rule may ignore it', () => {
    const { calls, builtins } = start(['validate', ONE], { inGit: true })
    expect([calls, builtins.includes('child_process')]).toEqual([[], false])
    const asked = start(['validate', ONE], { inGit: true, rules: 'agent.*\n!*.json\n' })
    expect(asked.calls.map((call) => /\bls-files\b/.test(call))).toEqual([true])
  })

  test('publishes to a server that was used before without the REST interface, and without what Node.js fetches with', async () => {
    const database = await openedDatabase()
    onTestFinished(() => database.drop())
    const [cwd, more] = [tempFolder(AGENT), { NOFX_DATABASE_URL: database.url, NOFX_ACTOR: 'test' }]
    const commit = (...words: string[]) => {
      if (words.length > 0) execFileSync(GIT, words, { cwd })
      execFileSync(GIT, ['add', '-A'], { cwd })
      execFileSync(GIT, [...IDENTITY, 'commit', '-qm', 'x'], { cwd })
    }
    commit('init', '-q')
    start(['registry', 'publish'], { cwd, more })
    // A small tree leaves no such file, and its next publish opens the registry.
    const plan = `.git/nofx/publish-${sha256(join(realpathSync(cwd), 'packages/shared')).slice(0, 12)}`
    writeFiles(cwd, {
      [plan]: '',
      'packages/shared/agents/one/prompts/system.md': 'Other.\n',
    })
    commit()
    const { files, builtins } = start(['registry', 'publish'], { cwd, more })
    const parts = ['direct.cjs', 'importer.cjs', 'packages.cjs', 'pg.cjs', 'server.cjs']
    expect(files.filter((file) => parts.includes(file)).sort()).toEqual(['direct.cjs', 'pg.cjs'])
    expect(builtins.filter((name) => /undici|^https?$/.test(name))).toEqual([])
  })

  test('begins no module twice when the whole bundle follows its first part', () => {
    const program = `const { load, loadCheck } = require(${JSON.stringify(resolve('bin/load.js'))})
const [first, whole] = [loadCheck, load].map((begin) => begin().exports.load('src/core/tree/project.ts'))
console.log(first.findProject === whole.findProject)`
    expect(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })).toBe('true\n')
  })

  test('loads no package both by `require` and by `import()`, which would be two copies', () => {
    const text = ['nofx', 'server', 'importer'].map((name) => readFileSync(`dist/${name}.cjs`, 'utf8')).join()
    const packages = (call: RegExp) => new Set(Array.from(text.matchAll(call), ([, path]) => path))
    const required = packages(/\brequire\("([^."][^"]*)"\)/g)
    const imported = packages(/import\("([^."][^"]*)"\)/g)
    expect(required).toContain('@supabase/supabase-js')
    expect(imported).toContain('@secretlint/core')
    expect([...imported].filter((path) => required.has(path))).toEqual([])
  })

  test('reads a bundle that has not grown', () => {
    expect(statSync('dist/nofx.cjs').size).toBeLessThan(MOST_BYTES)
  })
})
