#!/usr/bin/env node
// CommonJS (see bin/package.json), because it starts faster. The process is ended here; otherwise it waits up to 0.3 s
// for WebAssembly that Node's fetch compiles without using it.
const { argv } = process
const root = require('node:path').dirname(__dirname)
const asksVersion = argv.length === 3 && argv[2] === '--version'
if (!asksVersion || !require('../dist/version.cjs').printVersion(root))
  require('./load.js')
    .load()
    .exports.run()
    .then(() => process.exit())
