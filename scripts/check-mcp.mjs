// `npm run check:mcp`: serves the samples with `nofx dev` and with `nofx mcp`, and lets the conformance suite of MCP and
// its inspector call them. The suite also calls the same server with the contents that it asks for, by the scenarios
// that each revision requires. Both are installed from npm into a temporary folder, with a Node.js that is new enough.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { buildFixtures } from './mcp/build-fixtures.mjs'

const PACKAGES = {
  '@modelcontextprotocol/conformance': '0.2.0-alpha.12',
  '@modelcontextprotocol/inspector': '2.12.0',
  node: '24.21.0',
}
/** The scenarios that need no tools of the suite's own, by revision. */
const SCENARIOS = {
  '2025-11-25': [
    'server-initialize',
    'ping',
    'tools-list',
    'resources-list',
    'prompts-list',
    'completion-complete',
    'dns-rebinding-protection',
  ],
  '2026-07-28': [
    'tools-list',
    'resources-list',
    'prompts-list',
    'completion-complete',
    'sep-2164-resource-not-found',
    'caching',
    'http-header-validation',
    'dns-rebinding-protection',
  ],
}
/** The scenarios of the extension for skills, which belong to no revision. */
const EXTENSION = ['sep-2640-skills-enumeration', 'sep-2640-skills-manifest', 'sep-2640-skills-directory']
/** The scenarios of skills need one with a folder. */
const SKILL = {
  'SKILL.md':
    '---\nname: check-skill\ndescription: Is checked.\nmetadata: {nofx-owner: check@example.com}\n---\nSee [more](references/more.md).\n',
  'references/more.md': 'More.\n',
}
const SESSION =
  'the server asks its client inside of a session, and this one has no sessions over HTTP (decision 083)'
const FOLLOWED =
  'changes of a resource are sent in a session, and this server has no sessions over HTTP (decision 083)'
/** The required scenarios that cannot apply, with the reason. One that passes after all is an error here. */
const IMPOSSIBLE = {
  '2025-11-25': {
    'tools-call-sampling': SESSION,
    'tools-call-elicitation': SESSION,
    'elicitation-sep1034-defaults': SESSION,
    'elicitation-sep1330-enums': SESSION,
    'resources-subscribe': FOLLOWED,
    'resources-unsubscribe': FOLLOWED,
  },
  '2026-07-28': {},
}
/** What every answer must fulfil, also those to calls of tools that are not there. */
const EVERYWHERE = /wire-schema/

const program = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin/run.js')
const folder = mkdtempSync(join(tmpdir(), 'nofx-mcp-check-'))
const [tools, project] = ['tools', 'project'].map((name) => join(folder, name))
const node = join(tools, 'node_modules/node/bin/node')
const suite = join(tools, 'node_modules/@modelcontextprotocol/conformance/dist/index.js')
// Nothing of the person who runs this: no configuration, no sign-in.
const env = { PATH: process.env.PATH, HOME: join(folder, 'home'), CI: '1' }
const wrong = []

try {
  install()
  prepareProject()
  const server = await startDev()
  try {
    checkConformance(`${server.url}/api/mcp`)
    checkInspector('http', [`${server.url}/api/mcp`, '--transport', 'http'])
    checkInspector('stdio', [process.execPath, program, 'mcp'])
  } finally {
    server.child.kill()
  }
  await checkRequirements()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
for (const line of wrong) console.error(line)
process.exitCode = wrong.length > 0 ? 1 : 0

function install() {
  for (const path of [tools, project, env.HOME]) mkdirSync(path)
  writeFileSync(join(tools, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }))
  // The package `node` gets its binary from a script.
  const words = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--silent']
  execFileSync('npm', words, { cwd: tools, stdio: 'inherit' })
}

function prepareProject() {
  const git = (...words) => execFileSync('git', words, { cwd: project, env, stdio: 'ignore' })
  cpSync(join(dirname(program), '../packages'), join(project, 'packages'), { recursive: true })
  for (const [path, text] of Object.entries(SKILL)) {
    const at = join(project, 'packages/shared/skills/check-skill', path)
    mkdirSync(dirname(at), { recursive: true })
    writeFileSync(at, text)
  }
  git('init', '-q')
  git('add', '-A')
  git('-c', 'user.name=Check', '-c', 'user.email=check@example.com', 'commit', '-qm', 'samples')
  execFileSync(process.execPath, [program, 'registry', 'publish', '--json'], { cwd: project, env })
}

function startDev() {
  return start([program, 'dev', '--port', '0', '--no-watch', '--json'], /"url": "([^"]+)"/)
}

/** Starts a server, and waits until it has printed its URL. */
function start(words, place) {
  const child = spawn(process.execPath, words, { cwd: project, env, stdio: ['ignore', 'pipe', 'ignore'] })
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      const [, url] = place.exec(text) ?? []
      if (url) resolve({ child, url })
    })
    child.once('exit', () => reject(new Error(`${words.join(' ')} did not start`)))
  })
}

function checkConformance(url) {
  for (const [revision, scenarios] of Object.entries(SCENARIOS)) {
    for (const scenario of scenarios) checkScenario(url, scenario, revision)
    const all = runConformance(url, ['--suite', 'active'], revision)
    const shapes = all.filter(({ id }) => EVERYWHERE.test(id))
    const failed = shapes.filter(({ status }) => status === 'FAILURE')
    console.log(
      `${revision} wire schemas of all scenarios: ${shapes.length - failed.length} of ${shapes.length}`,
    )
    for (const { errorMessage } of failed) wrong.push(`${revision} wire schema: ${errorMessage}`)
  }
  for (const scenario of EXTENSION) checkScenario(url, scenario)
}

function checkScenario(url, scenario, revision) {
  const checks = runConformance(url, ['--scenario', scenario], revision)
  const failed = checks.filter(({ status }) => status === 'FAILURE')
  const name = `${revision ?? 'extension'} ${scenario}`
  console.log(`${name}: ${checks.length - failed.length} of ${checks.length}`)
  if (checks.length === 0) wrong.push(`${name}: no check ran`)
  for (const { id, errorMessage } of failed) wrong.push(`${name}: ${id} ${errorMessage}`)
}

/** The server with the contents of the suite: what each revision requires of a server, by the suite's own list. */
async function checkRequirements() {
  const program = join(folder, 'fixtures.mjs')
  await buildFixtures(program)
  const { child, url } = await start([program], /(http:\S+)/)
  try {
    for (const [revision, impossible] of Object.entries(IMPOSSIBLE)) {
      const list = join(suite, `../../requirements/${revision}.yaml`)
      const required = parse(readFileSync(list, 'utf8')).server
      const passed = required.filter((scenario) =>
        checkRequired(url, scenario, revision, impossible[scenario]),
      )
      console.log(`${revision} with fixtures: ${passed.length} of ${required.length} required scenarios`)
      for (const [scenario, reason] of Object.entries(impossible)) console.log(`  not ${scenario}: ${reason}`)
    }
  } finally {
    child.kill()
  }
}

/** Whether a scenario passed, which it must unless there is a reason why it cannot. */
function checkRequired(url, scenario, revision, reason) {
  const checks = runConformance(url, ['--scenario', scenario], revision)
  const failed = checks.filter(({ status }) => status === 'FAILURE')
  const name = `${revision} with fixtures ${scenario}`
  if (checks.length === 0) wrong.push(`${name}: no check ran`)
  if (reason !== undefined && failed.length === 0)
    wrong.push(`${name}: it passes, so take it out of IMPOSSIBLE`)
  if (reason === undefined)
    for (const { id, errorMessage } of failed) wrong.push(`${name}: ${id} ${errorMessage}`)
  return checks.length > 0 && failed.length === 0
}

/** The checks of a run. Its status also counts scenarios that call tools of the suite's own. */
function runConformance(url, words, revision) {
  const out = mkdtempSync(join(folder, 'out-'))
  const version = revision === undefined ? [] : ['--spec-version', revision]
  const all = [suite, 'server', '--url', url, ...version, '-o', out, ...words]
  try {
    execFileSync(node, all, { cwd: tools, env, stdio: 'ignore' })
  } catch {
    // Failed checks are in the files.
  }
  return readdirSync(out).flatMap((name) => JSON.parse(readFileSync(join(out, name, 'checks.json'), 'utf8')))
}

function checkInspector(transport, target) {
  const inspect = (...words) => {
    const inspector = join(tools, 'node_modules/.bin/inspector')
    const options = { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] }
    const text = execFileSync(node, [inspector, '--cli', ...target, ...words], options)
    return JSON.parse(text.toString())
  }
  const expectSome = (what, list) => {
    console.log(`inspector ${transport} ${what}: ${list?.length ?? 0}`)
    if (!list?.length) wrong.push(`inspector ${transport}: ${what} is empty`)
  }
  expectSome('tools/list', inspect('--method', 'tools/list', '--strict').tools)
  expectSome('resources/list', inspect('--method', 'resources/list').resources)
  expectSome('prompts/list', inspect('--method', 'prompts/list').prompts)
  const which = ['--tool-arg', 'kind=agents', '--tool-arg', 'id=reviewer']
  const called = inspect('--method', 'tools/call', '--tool-name', 'get_definition', ...which)
  expectSome('tools/call', called.structuredContent?.id === 'reviewer' ? [called] : [])
  const read = inspect('--method', 'resources/read', '--uri', 'nofx://agents/reviewer')
  expectSome('resources/read', read.contents)
}
