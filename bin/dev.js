#!/usr/bin/env node
// Builds first, then runs the bundle: sources and bundle are never two different programs.
const { execFileSync } = require('node:child_process')
const { join } = require('node:path')

execFileSync(process.execPath, [join(__dirname, '../scripts/build.mjs')], { stdio: 'inherit' })
require('../dist/nofx.cjs').run()
