#!/usr/bin/env node
// Builds, then runs: the sources are never a second program beside the bundle.
const { execFileSync } = require('node:child_process')
const { join } = require('node:path')

execFileSync(process.execPath, [join(__dirname, '../scripts/build.mjs')], { stdio: 'inherit' })
require('../dist/nofx.cjs').run()
