// Makes public/, the static files of a deployment on Vercel: the JSON Schemas, and the console below /console/.
import { cpSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildConsole } from './bundle/console.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const target = join(root, 'public')

rmSync(target, { recursive: true, force: true })
cpSync(join(root, 'docs/schema'), target, { recursive: true })
await buildConsole(join(target, 'console'))
