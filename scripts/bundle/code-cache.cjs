// Caches the compiled code of a typical command for the installed Node.js: see bin/load.js.
const { writeFileSync } = require('node:fs')
const { load } = require('../../bin/load.js')

const CACHE = 'dist/nofx.cjs.cache'
writeFileSync(CACHE, '')
const { exports: bundle, script } = load()
process.argv.splice(2, process.argv.length, 'validate')
bundle.run().then(() => writeFileSync(CACHE, script.createCachedData()))
