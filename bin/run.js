#!/usr/bin/env node
// CommonJS (see bin/package.json), because it starts faster. The process is ended here; otherwise it waits up to 0.3 s
// for WebAssembly that Node's fetch compiles without using it.
require('./load.js')
  .load()
  .exports.run()
  .then(() => process.exit())
