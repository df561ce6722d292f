// Caches the compiled code of typical commands for the installed Node.js: see bin/load.js. Each is run in a process of its own, by
// the name of the cache.
const { execFileSync } = require('node:child_process')
const { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { load, loadCheck, seal } = require('../../bin/load.js')

const ROOT = join(__dirname, '../..')
const AGENTS = 'packages/shared/agents'

const USES = {
  'check.cjs': () => check([], ['--no-cache'], [AGENTS]),
  'check-agents.cjs': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nofx-build-'))
    cpSync(AGENTS, join(folder, AGENTS), { recursive: true })
    // What git takes for a repository, where it does not have to be asked.
    for (const name of ['objects', 'refs']) mkdirSync(join(folder, '.git', name), { recursive: true })
    writeFileSync(join(folder, '.git/HEAD'), 'ref: refs/heads/main')
    writeFileSync(join(folder, '.git/config'), '')
    process.chdir(folder)
    const loaded = await check([`${AGENTS}/triager/agent.json`])
    rmSync(folder, { recursive: true })
    return loaded
  },
  'nofx.cjs': async () => {
    const loaded = load()
    process.argv.splice(2, process.argv.length, 'validate')
    await loaded.exports.run()
    return loaded
  },
}
const [, program, name] = process.argv

/** Checks one after another. */
async function check(...calls) {
  const loaded = loadCheck(calls[0])
  for (const words of calls) await loaded.exports.check(ROOT, words)
  return loaded
}

async function keepCode() {
  const cache = join(ROOT, `dist/${name}.cache`)
  writeFileSync(cache, '')
  writeFileSync(cache, seal(await USES[name]()))
  process.exit()
}

if (name) keepCode()
else for (const one of Object.keys(USES)) execFileSync(process.execPath, [program, one])
