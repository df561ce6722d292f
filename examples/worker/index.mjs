// Prints the prompts of an agent, then every change of it, until Ctrl-C.
//   SUPABASE_URL=… SUPABASE_PUBLISHABLE_KEY=… node index.mjs reviewer
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectRegistry } from 'nofx/worker'

const { SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: key } = process.env
const id = process.argv[2] ?? 'reviewer'

const registry = await connectRegistry({
  url,
  key,
  cacheDir: join(tmpdir(), 'nofx-worker-example'),
  log: (line) => console.error(line),
})
process.once('SIGINT', () => registry.close())

async function show() {
  const answer = await registry.agent(id)
  if (!answer.ok) return console.log(answer.message)
  const { version, digest, state, staleness, prompts } = answer.agent
  console.log(
    `${id} v${version} ${digest.slice(0, 12)} ${state}${staleness.fresh ? '' : `, as of ${staleness.asOf}`}`,
  )
  for (const [name, prompt] of Object.entries(prompts)) {
    const needed = prompt.variables.filter((variable) => variable.default === undefined)
    const values = Object.fromEntries(needed.map((variable) => [variable.name, `<${variable.name}>`]))
    console.log(`--- ${name} (${prompt.role})\n${prompt.render(values)}`)
  }
}

const changes = registry.changes()
await show()
for await (const change of changes) if (change.type === 'resync' || change.id === id) await show()
