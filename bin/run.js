#!/usr/bin/env node
// CommonJS, see bin/package.json: it starts faster. The process is ended here, since left to itself it waits for
// WebAssembly that Node's fetch compiles and nobody calls, up to 0.3 s.
require('./load.js')
  .load()
  .exports.run()
  .then(() => process.exit())
