// Makes what a deployment on Vercel has beside the files of api/: their code, and public/, the static files, which are the
// JSON Schemas, and the console below /console/.
import { cpSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildConsole } from './bundle/console.mjs'
import { buildFunctionCode } from './bundle/functions.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(root, 'public')

await buildFunctionCode()
rmSync(target, { recursive: true, force: true })
cpSync(join(root, 'docs/schema'), target, { recursive: true })
await buildConsole(join(target, 'console'))
