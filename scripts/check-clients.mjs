// `npm run check:clients [folder]`: the clients themselves judge what `nofx export` writes. Imports the agents of a
// folder (../shared/corpus/claude-plugins, where it is there) into a project with further ones that use every field,
// exports them for each client, and asks the client which of them it loads. The clients come from npm, in the versions
// below, into a temporary folder, and run with an empty HOME, no account and no network. NOFX_CLIENTS names a folder
// that keeps them for the next time.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HOST } from './clients/archive-host.mjs'
import { probeFiles } from './clients/probes.mjs'

const CLIENTS = {
  '@anthropic-ai/claude-code': '2.1.332',
  '@openai/codex': '0.171.0',
  '@google/gemini-cli': '0.61.0',
}
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const corpus = resolve(process.argv[2] ?? join(root, '../shared/corpus/claude-plugins'))
const work = mkdtempSync(join(tmpdir(), 'nofx-clients-'))
const home = join(work, 'home')
const clients = process.env.NOFX_CLIENTS ? resolve(process.env.NOFX_CLIENTS) : join(work, 'clients')

try {
  install()
  const ids = makeProject()
  const results = [
    ...judgeClaude(ids),
    judgeMarketplace(ids),
    ...judgeArchives(ids),
    judgeCodex(ids.agents),
    judgeCodexPlugins(ids),
    judgeGemini(ids.agents),
  ]
  for (const { client, what, loaded, missing, refused } of results) {
    console.log(`${client}: ${loaded} of ${loaded + missing.length} ${what} loaded`)
    if (missing.length > 0) console.log(`  not loaded: ${missing.join(', ')}`)
    for (const line of refused) console.log(`  ${line}`)
  }
  if (results.some(({ missing, refused }) => missing.length + refused.length > 0)) process.exitCode = 1
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** Without their install scripts: the programs are in packages of their own. */
function install() {
  mkdirSync(clients, { recursive: true })
  const names = Object.entries(CLIENTS).map(([name, version]) => `${name}@${version}`)
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', '--prefix', clients]
  execFileSync('npm', ['install', ...options, ...names], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Makes the project, and returns the ids of its agents and skills. */
function makeProject() {
  const project = join(work, 'project')
  for (const [path, text] of Object.entries(probeFiles())) write(join(project, 'packages/shared', path), text)
  execFileSync('git', ['init', '-q', project])
  if (existsSync(corpus)) nofx(project, ['import', 'claude', corpus, 'agents', '--owner', '@acme/tools'])
  else console.log(`${corpus} is not here: the clients judge the probes alone`)
  nofx(project, ['export', 'claude-plugin', '--bundle', 'nofx', '--to', join(work, 'plugin')])
  nofx(project, ['export', 'claude-marketplace', '--bundle', 'acme-tools', '--to', join(work, 'marketplace')])
  nofx(project, ['export', 'codex', '--to', join(work, 'codex/.codex')])
  nofx(project, ['export', 'codex-plugin', 'skills', '--to', join(work, 'codex-plugins')])
  nofx(project, ['export', 'gemini-extension', '--bundle', 'nofx', '--to', join(work, 'gemini')])
  const archives = [
    '--bundle',
    'acme-archives',
    '--base-url',
    `https://${HOST}`,
    '--to',
    join(work, 'archives'),
  ]
  nofx(project, ['export', 'claude-marketplace', ...archives])
  const idsOf = (kind) => readdirSync(join(project, 'packages/shared', kind)).sort()
  return { agents: idsOf('agents'), skills: idsOf('skills') }
}

/** What the client finds in one plugin of all definitions. */
function judgeClaude({ agents, skills }) {
  const { stdout } = claude('plugin', 'validate', '--json', join(work, 'plugin'))
  const { provides, contents, manifest } = JSON.parse(stdout)
  const refused = [manifest, ...contents].flatMap(({ file, errors = [] }) =>
    errors.map(({ message }) => `${file}: ${message}`),
  )
  const namesOf = (list) => list.map((name) => name.replace(/^nofx:/, ''))
  return [
    outcome('Claude Code', agents, namesOf(provides.agents), refused),
    outcome('Claude Code', skills, namesOf(provides.skills), [], 'skills'),
  ]
}

/** The client adds the marketplace, and installs each plugin of it that has a skill. */
function judgeMarketplace({ skills }) {
  const folder = join(work, 'marketplace')
  const { manifest } = JSON.parse(claude('plugin', 'validate', '--json', folder).stdout)
  const problems = [...manifest.errors, ...manifest.warnings].map(({ message }) => message)
  claude('plugin', 'marketplace', 'add', folder)
  for (const id of skills) claude('plugin', 'install', `${id}@acme-tools`)
  const installed = JSON.parse(claude('plugin', 'list', '--json').stdout).map(({ id }) => id.split('@')[0])
  return outcome('Claude Code, marketplace', skills, installed, problems, 'plugins')
}

/** The client adds a marketplace by its address, downloads archives from it, and compares their hashes. */
function judgeArchives({ skills }) {
  if (spawnSync('unshare', ['-rnm', 'true']).status !== 0) {
    console.log('archives are not judged: this system lets no program have a network of its own')
    return []
  }
  const script = fileURLToPath(new URL('clients/archives.mjs', import.meta.url))
  const names = skills.map((id) => `${id}@acme-archives`)
  const words = ['-rnm', process.execPath, script, join(work, 'archives'), claudeProgram(), ...names]
  const env = { PATH: process.env.PATH, HOME: join(work, 'home-archives') }
  mkdirSync(env.HOME, { recursive: true })
  const { stdout, stderr } = spawnSync('unshare', words, { env, encoding: 'utf8', timeout: 300_000 })
  const { installed = [], said = [stderr] } = stdout ? JSON.parse(stdout) : {}
  const ids = installed.map(({ id }) => id.split('@')[0])
  const refused = skills.every((id) => ids.includes(id)) ? [] : said
  return [outcome('Claude Code, archives over https', skills, ids, refused, 'plugins')]
}

/** The program itself: its script in .bin is made by the install script, which does not run. */
function claudeProgram() {
  const scope = join(clients, 'node_modules/@anthropic-ai')
  const native = readdirSync(scope).find((name) => /^claude-code-/.test(name))
  return join(scope, native ?? 'claude-code', 'claude')
}

function claude(...words) {
  return offline(claudeProgram(), words)
}

/** The list of roles is part of the prompt. A folder that is not trusted has none. */
function judgeCodex(ids) {
  const folder = join(work, 'codex')
  execFileSync('git', ['init', '-q', folder])
  const settings = `[projects.${JSON.stringify(folder)}]\ntrust_level = "trusted"\n`
  write(join(home, '.codex/config.toml'), settings)
  const codex = join(clients, 'node_modules/.bin/codex')
  const { stdout } = offline(codex, ['debug', 'prompt-input', 'hello'], { cwd: folder })
  const text = stdout.replaceAll('\\n', '\n')
  return outcome(
    'Codex',
    ids,
    ids.filter((id) => text.includes(`\n${id}: {`)),
    [],
  )
}

/** The client installs the plugin of each skill from a marketplace in a folder, and offers the skill. */
function judgeCodexPlugins({ skills }) {
  const folder = join(work, 'codex-plugins')
  const policy = { installation: 'AVAILABLE', authentication: 'ON_INSTALL' }
  const plugins = skills.map((name) => ({
    name,
    source: { source: 'local', path: `./${name}` },
    policy,
    category: 'Productivity',
  }))
  write(join(folder, '.agents/plugins/marketplace.json'), JSON.stringify({ name: 'acme-tools', plugins }))
  const codex = join(clients, 'node_modules/.bin/codex')
  offline(codex, ['plugin', 'marketplace', 'add', folder])
  for (const id of skills) offline(codex, ['plugin', 'add', `${id}@acme-tools`])
  const { stdout } = offline(codex, ['debug', 'prompt-input', 'hello'], { cwd: folder })
  const loaded = skills.filter((id) => stdout.includes(`${id}:${id}: `))
  return outcome('Codex, plugins', skills, loaded, [], 'skills')
}

function judgeGemini(ids) {
  const extension = join(work, 'gemini')
  const validated = offline(join(clients, 'node_modules/.bin/gemini'), ['extensions', 'validate', extension])
  const loader = fileURLToPath(new URL('clients/gemini-agents.mjs', import.meta.url))
  const bundle = join(clients, 'node_modules/@google/gemini-cli/bundle')
  const { stdout } = offline(process.execPath, [loader, bundle, join(extension, 'agents')])
  const { agents, errors } = JSON.parse(stdout)
  const refused = validated.status === 0 ? errors : [...errors, validated.stderr.trim()]
  return outcome('Gemini CLI', ids, agents, refused)
}

function outcome(client, ids, loaded, refused, what = 'agents') {
  const missing = ids.filter((id) => !loaded.includes(id))
  return { client, what, loaded: ids.length - missing.length, missing, refused }
}

/** Runs a program in a network of its own, which has no way out; where that is not possible, behind a dead proxy. */
function offline(program, args, { cwd = work } = {}) {
  const proxy = 'http://127.0.0.1:9'
  const env = { PATH: process.env.PATH, HOME: home, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_COLOR: '1' }
  const isolated = spawnSync('unshare', ['-rn', 'true']).status === 0
  const [command, ...words] = isolated ? ['unshare', '-rn', program, ...args] : [program, ...args]
  mkdirSync(home, { recursive: true })
  const options = { cwd, env, encoding: 'utf8', timeout: 120_000, maxBuffer: 64 * 1024 * 1024 }
  const ended = spawnSync(command, words, options)
  if (ended.error) throw ended.error
  return ended
}

function nofx(cwd, words) {
  execFileSync(process.execPath, [join(root, 'bin/run.js'), ...words], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
