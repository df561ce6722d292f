// A worker, as its developer writes it: no types of Node.js, of browsers or of other packages are needed.

import { createFakeRegistry } from 'nofx/testing'
import { type AgentManifest, connectRegistry, Failure, injectMcp, type WorkerRegistry } from 'nofx/worker'
import { notes } from './kind.ts'

export async function run(folder: string): Promise<string> {
  const registry: WorkerRegistry = await connectRegistry({
    url: 'https://example.supabase.co',
    key: 'sb_publishable_0123456789',
    cacheDir: folder,
    kinds: [notes],
  })
  const answer = await registry.agent('reviewer', { version: 3 })
  if (!answer.ok) return `${answer.reason}: ${answer.message}`
  const { prompts, mcp, manifest, version, digest, staleness } = answer.agent
  const system: string = prompts.system.render({ repository: 'acme/shop', depth: 3, strict: true })
  // @ts-expect-error: only "system" is in every agent
  prompts.review.render()
  const skills: string[] = (manifest.skills ?? []).map((skill) => skill.name)
  const model: string | undefined = manifest.model?.name
  // @ts-expect-error: not a field of a manifest
  manifest.modell
  for (const [name, server] of Object.entries(mcp?.mcpServers ?? {}))
    if (server.type === 'stdio') skills.push(name, server.command)
    else skills.push(name, server.url)
  await injectMcp(answer.agent, { folder, env: { TOKEN: 'x' } })
  const note = await registry.definition('notes', 'first')
  if (note.ok) skills.push(String(note.definition.manifest.title))
  for await (const change of registry.changes(4))
    if (change.type !== 'resync') skills.push(change.kind, change.id)
  const locked = await registry.lock({ agents: [{ agentId: 'reviewer', version, digest }] })
  await locked.agent('reviewer')
  return [system, model, staleness.asOf, ...skills].join()
}

export async function test(): Promise<void> {
  const manifest: AgentManifest = { agentId: 'reviewer', name: 'Reviewer', description: 'Reviews.' }
  const fake = createFakeRegistry({ kinds: [notes] })
  fake.publish('agents', 'reviewer', { 'agent.json': manifest, 'prompts/system.md': 'You review.\n' })
  fake.reachable = false
  const answer = await fake.agent('reviewer')
  if (!answer.ok) throw new Failure('NOT_FOUND', answer.message, 'publish it')
}
