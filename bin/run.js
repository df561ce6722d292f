#!/usr/bin/env node
// CommonJS, see bin/package.json: it starts faster.
require('./load.js').load().exports.run()
