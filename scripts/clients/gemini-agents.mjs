// Loads a folder of agents with Gemini CLI's own loader, and prints their names and what it refuses, as JSON. The command
// `gemini extensions validate` does not look at agents.
// node gemini-agents.mjs <bundle of the client> <folder>
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [bundle, folder] = process.argv.slice(2)
const exported = /^export \{[^}]*\bloadAgentsFromDirectory\b/m
const chunk = readdirSync(bundle)
  .filter((name) => name.endsWith('.js'))
  .map((name) => join(bundle, name))
  .find((path) => exported.test(readFileSync(path, 'utf8')))
if (!chunk) throw new Error('the client exports no loader of agents any more')
const { loadAgentsFromDirectory } = await import(pathToFileURL(chunk).href)
const { agents, errors } = await loadAgentsFromDirectory(folder)
const print = { agents: agents.map(({ name }) => name), errors: errors.map(({ message }) => message) }
process.stdout.write(JSON.stringify(print), () => process.exit(0))
