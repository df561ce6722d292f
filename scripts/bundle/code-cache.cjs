// Caches the compiled code of typical commands for the installed Node.js: see bin/load.js.
const { writeFileSync } = require('node:fs')
const { load } = require('../../bin/load.js')

const CACHE = 'dist/nofx.cjs.cache'
writeFileSync(CACHE, '')
const { exports: bundle, script } = load()
process.argv.splice(2, process.argv.length, 'validate')

async function keepCode() {
  await bundle.check(process.cwd(), [])
  await bundle.run()
  writeFileSync(CACHE, script.createCachedData())
  process.exit()
}

keepCode()
