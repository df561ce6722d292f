// Caches the compiled code of typical commands for the installed Node.js: see bin/load.js. Each part of the bundle is loaded in a
// process of its own, by the name of its file.
const { execFileSync } = require('node:child_process')
const { writeFileSync } = require('node:fs')
const { load, loadCheck } = require('../../bin/load.js')

const USES = {
  'check.cjs': async (cache) => {
    const { exports: part, script } = loadCheck()
    for (const words of [[], ['--no-cache'], ['packages/shared/agents']])
      await part.check(process.cwd(), words)
    writeFileSync(cache, script.createCachedData())
  },
  'nofx.cjs': async (cache) => {
    const { exports: bundle, script } = load()
    process.argv.splice(2, process.argv.length, 'validate')
    await bundle.run()
    writeFileSync(cache, script.createCachedData())
  },
}
const [, program, name] = process.argv

async function keepCode() {
  const cache = `dist/${name}.cache`
  writeFileSync(cache, '')
  await USES[name](cache)
  process.exit()
}

if (name) keepCode()
else for (const part of Object.keys(USES)) execFileSync(process.execPath, [program, part])
